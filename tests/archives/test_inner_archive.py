"""Trained representations inside classifiers, which configs alone put together."""

import json
import shutil
from pathlib import Path
from typing import Any, Dict

import pytest
import torch
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.models import Model, load_archive

from tests.models.relvm import toy_relations
from tests.models.relvm.toy_relations import RELVM


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("representation")
    lines = toy_relations.sentences(16, labelled=False)
    data = toy_relations.write(folder / "data.jsonl", lines)
    train_model(Params(toy_relations.experiment(RELVM, data)), str(folder / "run"))
    return folder / "run" / "model.tar.gz"


def config(archive: Path, data: Path, **changes: Any) -> Dict[str, Any]:
    model = {
        "type": "relvm_mention_classifier",
        "representation": {"type": "relvm_from_archive", "archive_file": str(archive)},
    }
    return toy_relations.experiment(
        {**model, **changes},
        data,
        vocabulary={"type": "extend", "directory": str(archive)},
        include_in_archive=["representation"],
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    lines = toy_relations.sentences(16, seed=2)
    lines[0]["tokens"].append("unheard")
    return toy_relations.write(tmp_path / "labelled.jsonl", lines)


def weights(model: Model) -> Dict[str, torch.Tensor]:
    return dict(model.representation.state_dict())  # type: ignore[union-attr]


@pytest.mark.parametrize("fine_tune", [True, False])
def test_classifier_starts_from_the_trained_weights(
    archive: Path, data: Path, tmp_path: Path, fine_tune: bool
) -> None:
    before = weights(load_archive(archive).model)
    model = train_model(Params(config(archive, data, fine_tune=fine_tune)), str(tmp_path / "run"))
    words = model.vocab.get_token_to_index_vocabulary("tokens")
    assert "unheard" in words
    for name, value in weights(model).items():
        if name == "word_embedding.weight":
            assert len(value) == len(before[name]) + 1
            value = value[:-1]
        assert torch.equal(value, before[name]) is not fine_tune, name


def test_words_that_pretraining_has_not_seen_can_be_left_unknown(
    archive: Path, data: Path, tmp_path: Path
) -> None:
    params = config(archive, data)
    params["vocabulary"]["min_count"] = {"tokens": 1000, "entities": 1000}
    model = train_model(Params(params), str(tmp_path / "run"))
    assert "unheard" not in model.vocab.get_token_to_index_vocabulary("tokens")


def test_archive_does_without_the_one_it_came_from(
    archive: Path, data: Path, tmp_path: Path
) -> None:
    copied = tmp_path / "copied.tar.gz"
    shutil.copy(archive, copied)
    model = train_model(Params(config(copied, data)), str(tmp_path / "run"))
    moved = shutil.move(tmp_path / "run" / "model.tar.gz", tmp_path / "model.tar.gz")
    copied.unlink()
    shutil.rmtree(tmp_path / "run")
    loaded = load_archive(moved).model
    state = model.state_dict()
    for name, value in loaded.state_dict().items():
        assert torch.equal(value, state[name]), name


def test_a_run_that_has_no_weights_yet_starts_from_the_archive_again(
    archive: Path, data: Path, tmp_path: Path
) -> None:
    """A run that is killed before its first checkpoint must not continue with random weights."""
    vocab = load_archive(archive).model.vocab
    representation = {"type": "relvm_from_archive", "archive_file": str(archive)}
    before = weights(load_archive(archive).model)
    for _ in range(2):
        model = Model.from_params(
            Params(dict(representation)), vocab=vocab, serialization_dir=str(tmp_path)
        )
        assert (tmp_path / "representation" / "config.json").is_file()
        assert all(torch.equal(value, before[name]) for name, value in weights(model).items())


def test_representation_can_be_new_as_well(data: Path, tmp_path: Path) -> None:
    model = {"type": "relvm_mention_classifier", "representation": RELVM}
    train_model(Params(toy_relations.experiment(model, data)), str(tmp_path / "run"))
    assert load_archive(tmp_path / "run" / "model.tar.gz").model


def test_another_vocabulary_is_refused(archive: Path, data: Path, tmp_path: Path) -> None:
    params = config(archive, data)
    del params["vocabulary"]
    with pytest.raises(ConfigurationError, match="give the config a vocabulary"):
        train_model(Params(params), str(tmp_path / "run"))


def test_a_missing_archive_is_named(data: Path, archive: Path, tmp_path: Path) -> None:
    params = config(tmp_path / "nowhere.tar.gz", data)
    params["vocabulary"]["directory"] = str(archive)
    with pytest.raises(ConfigurationError, match=r"no archive .*nowhere\.tar\.gz"):
        train_model(Params(params), str(tmp_path / "run"))


def test_the_archive_of_another_model_is_refused(archive: Path, data: Path, tmp_path: Path) -> None:
    train_model(Params(config(archive, data)), str(tmp_path / "first"))
    classifier = tmp_path / "first" / "model.tar.gz"
    with pytest.raises(ConfigurationError, match="RelvmMentionClassifier, not a 'relvm'"):
        train_model(Params(config(classifier, data)), str(tmp_path / "second"))


def test_foreign_code_in_the_kept_config_is_refused(
    archive: Path, data: Path, tmp_path: Path
) -> None:
    train_model(Params(config(archive, data)), str(tmp_path / "run"))
    kept = tmp_path / "run" / "representation" / "config.json"
    foreign = json.loads(kept.read_text())
    foreign["decoder"]["type"] = "subprocess.Popen"
    kept.write_text(json.dumps(foreign))
    with pytest.raises(ConfigurationError, match=r"subprocess\.Popen"):
        load_archive(tmp_path / "run")

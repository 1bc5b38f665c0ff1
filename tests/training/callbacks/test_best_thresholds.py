import copy
import json
from pathlib import Path
from typing import Any, Dict

import _jsonnet
import pytest
import torch
from allennlp.commands.evaluate import evaluate_from_archive
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.models import load_archive

import bio_ie  # noqa: F401 - registers what the configs name
from tests.models.relvm import toy_relations


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, facts_kb: Path) -> Path:
    text = json.dumps(Params.from_file("fixtures/models/snerl.jsonnet").as_dict(quiet=True))
    config: Dict[str, Any] = json.loads(text.replace("kb.sqlite", str(facts_kb)))
    config["trainer"]["num_epochs"] = 12
    config["trainer"]["optimizer"]["lr"] = 0.02
    folder = tmp_path_factory.mktemp("thresholds") / "run"
    train_model(Params(config), str(folder))
    return folder


def metrics(folder: Path, epoch: int) -> Dict[str, float]:
    read: Dict[str, float] = json.loads((folder / f"metrics_epoch_{epoch}.json").read_text())
    return read


def test_an_archive_has_the_thresholds_of_its_best_epoch(run: Path) -> None:
    model = load_archive(run / "model.tar.gz").model
    best = json.loads((run / "metrics.json").read_text())["best_epoch"]
    assert (model.decision.thresholds != 0.5).any()
    # When the validation data are scored again, the model's thresholds give the score that was best
    # in training.
    scores = evaluate_from_archive(
        run / "model.tar.gz",
        "fixtures/corpora/facts/documents.jsonl",
        metrics_output_file=str(run / "again.json"),
    )
    assert scores["fact_f1"] == pytest.approx(metrics(run, best)["validation_fact_best_f1"])
    assert scores["fact_f1"] > 0


def test_scoring_changes_no_threshold(run: Path) -> None:
    archive = load_archive(run / "model.tar.gz")
    before = archive.model.decision.thresholds.clone()
    reader = archive.validation_dataset_reader
    instances = list(reader.read("fixtures/corpora/facts/documents.jsonl"))
    for instance in instances:
        reader.apply_token_indexers(instance)
    archive.model.eval()
    archive.model.forward_on_instances(instances)
    archive.model.get_metrics(reset=True)
    assert torch.equal(archive.model.decision.thresholds, before)


def test_links_have_one_too(tmp_path: Path) -> None:
    text = _jsonnet.evaluate_snippet(
        "config",
        "local encoders = import 'training_config/lib/shared/encoders.libsonnet';"
        " (import 'fixtures/models/multitask_entity_linker.jsonnet')"
        " + (import 'training_config/lib/linking/architectures.libsonnet').pe_single"
        " + { encoder:: encoders.random_words(16), link_threshold:: true, span_source:: 'gold',"
        " num_epochs:: 10, head_lr:: 0.02, encoder_lr:: 0.02 }",
    )
    config: Dict[str, Any] = json.loads(text)
    train_model(Params(config), str(tmp_path / "run"))
    model = load_archive(tmp_path / "run" / "model.tar.gz").model
    threshold = float(model.link_threshold.thresholds)
    best = json.loads((tmp_path / "run" / "metrics.json").read_text())["best_epoch"]
    expected = metrics(tmp_path / "run", best)
    assert threshold == pytest.approx(expected["validation_entity_linking_best_threshold"])
    scores = evaluate_from_archive(
        tmp_path / "run" / "model.tar.gz",
        "fixtures/corpora/facts/documents.jsonl",
        metrics_output_file=str(tmp_path / "again.json"),
    )
    assert scores["entity_linking_f1"] == pytest.approx(
        expected["validation_entity_linking_best_f1"]
    )
    assert scores["entity_linking_f1"] > 0


def test_classifiers_of_sentences_have_one_too(tmp_path: Path) -> None:
    data = toy_relations.write(tmp_path / "data.jsonl", toy_relations.sentences(60))
    config = toy_relations.experiment(
        {"type": "relvm_mention_classifier", "representation": toy_relations.RELVM}, data
    )
    config["trainer"]["callbacks"].append({"type": "best_thresholds"})
    config["trainer"].update(num_epochs=6, validation_metric="+best_f1")
    fixed = copy.deepcopy(config)
    train_model(Params(config), str(tmp_path / "run"))
    model = load_archive(tmp_path / "run" / "model.tar.gz").model
    assert (model.decision.thresholds > 0).all()
    best = json.loads((tmp_path / "run" / "metrics.json").read_text())["best_epoch"]
    scores = evaluate_from_archive(
        tmp_path / "run" / "model.tar.gz",
        str(data),
        metrics_output_file=str(tmp_path / "again.json"),
    )
    # One threshold for each label is at least as good as the best single threshold.
    assert scores["f1"] >= metrics(tmp_path / "run", best)["validation_best_f1"] - 1e-6 > 0
    override = '{"model.threshold": 0.3}'
    model = load_archive(tmp_path / "run" / "model.tar.gz", overrides=override).model
    assert model.decision.thresholds.tolist() == pytest.approx([0.3, 0.3])
    fixed["model"]["threshold"] = 0.3
    with pytest.raises(ConfigurationError, match="the config gives a threshold"):
        train_model(Params(fixed), str(tmp_path / "fixed"))


def test_another_model_is_refused(tmp_path: Path) -> None:
    config = Params.from_file("fixtures/models/joint_ner_re.jsonnet").as_dict(quiet=True)
    config["trainer"]["callbacks"].append({"type": "best_thresholds"})
    with pytest.raises(ConfigurationError, match="is for a model with thresholds"):
        train_model(Params(config), str(tmp_path / "run"))

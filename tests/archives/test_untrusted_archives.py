"""No archive runs code, unless it is trusted. Each payload is run once, so that the tests could
fail."""

import contextlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

import numpy as np
import pytest
import torch
from allennlp.commands.evaluate import evaluate_from_archive
from allennlp.common.checks import ConfigurationError
from allennlp.models import load_archive
from allennlp.nn.initializers import PretrainedModelInitializer
from transformers import dynamic_module_utils

import bio_ie  # noqa: F401 - registers what archives name, and guards their loading
from bio_ie.files.trust import VARIABLE, UntrustedArchiveError, is_trusted, trusting
from bio_ie.predictors.mention_detector import MentionDetector
from bio_ie.text.document import Document
from tests.archives.payloads import (
    Payload,
    at,
    changed,
    foreign_weights,
    module,
    packed,
    pickled,
    remote_encoder,
)


@pytest.fixture
def archive(fixtures_folder: Path) -> Path:
    return fixtures_folder / "archives" / "joint_ner_re" / "model.tar.gz"


@pytest.fixture
def proof(tmp_path: Path) -> Path:
    """What a payload leaves."""
    return tmp_path / "proof"


def check(path: Path, proof: Path, reason: str, runs: bool = True) -> None:
    """Checks that an archive is refused before it leaves a proof, and that it leaves one if it is
    trusted."""
    with pytest.raises(UntrustedArchiveError) as error_info:
        load_archive(path)
    message = error_info.value.message
    assert reason in message
    assert "--trust" in message
    assert len(message.splitlines()) == 1
    assert str(path) in message
    assert not proof.exists()
    with trusting(True), contextlib.suppress(Exception):
        load_archive(path)  # most payloads are no parts, so loading fails after they ran
    assert proof.exists() is runs


NAMES = [
    "payload_a.Part",
    "payload-b.Part",
    "payload c.Part",
    "payloads_d.inner.Part",
    "payload_e.",
]


@pytest.mark.parametrize("name", NAMES)
def test_names_of_modules_are_not_imported(
    archive: Path, tmp_path: Path, proof: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    module(tmp_path, name.rpartition(".")[0], proof)
    path = changed(archive, tmp_path, at("model.pair_scorer", {"type": name}))
    check(path, proof, f"asks to import and call {name!r}")


@pytest.mark.parametrize(
    ("number", "place"),
    enumerate(
        [
            "dataset_reader",
            "dataset_reader.tokenizer",
            "dataset_reader.corpus",
            "validation_dataset_reader",
            "vocabulary",
            "model",
            "model.initializer",
            "model.text_field_embedder.token_embedders.tokens",
            "data_loader",
            "validation_data_loader",
            "evaluation",
            "evaluation.batch_serializer",
        ]
    ),
)
def test_no_part_that_is_built_can_name_a_module(
    archive: Path,
    tmp_path: Path,
    proof: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    place: str,
) -> None:
    name = f"payload_at_{number}"
    monkeypatch.syspath_prepend(tmp_path)
    module(tmp_path, name, proof)

    def change(config: Dict[str, Any]) -> None:
        if place == "data_loader":
            del config["validation_data_loader"]
        at(f"{place}.type", f"{name}.Part")(config)

    path = changed(archive, tmp_path, change)
    data = "fixtures/demo/validation.jsonl"
    with pytest.raises(UntrustedArchiveError, match="asks to import and call"):
        evaluate_from_archive(path, data)
    assert not proof.exists()
    with trusting(True), contextlib.suppress(Exception):
        evaluate_from_archive(path, data)
    # AllenNLP removes initializers before it loads a model.
    assert proof.exists() is (place != "model.initializer")


@pytest.mark.parametrize("value", ["subprocess.Popen", '{"type": "os.system"}', "json.tool.main"])
def test_a_string_in_the_place_of_a_part_is_a_name_too(
    archive: Path, tmp_path: Path, value: str
) -> None:
    path = changed(archive, tmp_path, at("dataset_reader.corpus", [value]))
    with pytest.raises(UntrustedArchiveError, match="asks to import and call"):
        load_archive(path)


@pytest.mark.parametrize(
    "value", ["encoder.layer.0", "biobert-v1.1", ".*bias", "no_such_package.Part", "data/x.jsonl"]
)
def test_other_strings_with_dots_are_let_through(archive: Path, tmp_path: Path, value: str) -> None:
    assert load_archive(changed(archive, tmp_path, at("comment", {"of": [value]}))).model


def test_a_folder_without_code_is_no_module(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "runs").mkdir()
    assert load_archive(changed(archive, tmp_path, at("comment", "runs.v2"))).model


def test_a_part_by_its_path_that_reads_pickles_is_refused(archive: Path, tmp_path: Path) -> None:
    for name in (
        "scispacy",
        "bio_ie.knowledge.candidate_generators.scispacy.ScispacyCandidateGenerator",
    ):
        path = changed(archive, tmp_path / name[-8:], at("dataset_reader.generator.type", name))
        with pytest.raises(UntrustedArchiveError):
            load_archive(path)


@pytest.fixture
def modules_of_encoders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new folder for the code that transformers copies from encoders."""
    monkeypatch.setattr(dynamic_module_utils, "HF_MODULES_CACHE", str(tmp_path / "modules"))
    monkeypatch.syspath_prepend(tmp_path / "modules")


@pytest.mark.usefixtures("modules_of_encoders")
def test_trust_remote_code_is_refused_wherever_it_stands(
    archive: Path, tmp_path: Path, proof: Path, fixtures_folder: Path
) -> None:
    encoder = remote_encoder(
        tmp_path / "remote_a", fixtures_folder / "encoders" / "tiny_bert", proof
    )
    indexer = {
        "type": "pretrained_transformer",
        "model_name": str(encoder),
        "tokenizer_kwargs": {"trust_remote_code": True},
    }
    path = changed(archive, tmp_path, at("dataset_reader.token_indexers.tokens", indexer))
    check(path, proof, '"trust_remote_code": true')
    for place in ("trainer.x.trust_remote_code", "trust_remote_code"):
        path = changed(archive, tmp_path / place, at(place, "false"))  # a string counts as true
        with pytest.raises(UntrustedArchiveError, match="trust_remote_code"):
            load_archive(path)
    path = changed(archive, tmp_path / "w", at("model.x", {"weights_only": False}))
    with pytest.raises(UntrustedArchiveError, match="weights_only"):
        load_archive(path)


@pytest.mark.usefixtures("modules_of_encoders")
@pytest.mark.parametrize("part", ["pretrained_transformer", "pretrained_transformer_words"])
def test_an_encoder_with_code_is_refused_without_a_question(
    archive: Path, tmp_path: Path, proof: Path, fixtures_folder: Path, part: str
) -> None:
    tiny_bert = fixtures_folder / "encoders" / "tiny_bert"
    encoder = remote_encoder(tmp_path / f"remote_of_{part}", tiny_bert, proof)
    indexer = {"type": part, "model_name": str(encoder)}
    path = changed(archive, tmp_path, at("dataset_reader.token_indexers.tokens", indexer))
    with pytest.raises(UntrustedArchiveError, match=r"brings its own code.* --trust"):
        load_archive(path)
    assert not proof.exists()
    if part == "pretrained_transformer_words":  # the other one is AllenNLP's
        with trusting(True), contextlib.suppress(Exception):
            load_archive(path)
        assert proof.exists()


@pytest.mark.parametrize(
    ("place", "setting"),
    [
        ("model", {"type": "from_archive", "archive_file": "{}"}),
        ("model", {"type": "relvm_from_archive", "archive_file": "{}"}),
        (
            "model.pair_scorer",
            {"_pretrained": {"archive_file": "{}", "module_path": "pair_scorer", "freeze": True}},
        ),
    ],
)
def test_inner_archives_are_checked(
    archive: Path, tmp_path: Path, proof: Path, place: str, setting: Dict[str, Any]
) -> None:
    inner = str(foreign_weights(archive, tmp_path / "inner", proof))
    setting = json.loads(json.dumps(setting).replace("{}", inner))
    path = changed(archive, tmp_path, at(place, setting))
    with pytest.raises(UntrustedArchiveError, match="contains the pickle") as error_info:
        load_archive(path)
    assert inner in error_info.value.message
    assert not proof.exists()
    with trusting(True), contextlib.suppress(Exception):
        load_archive(path)
    assert proof.exists()


def test_an_initializer_checks_its_archive(archive: Path, tmp_path: Path, proof: Path) -> None:
    path = foreign_weights(archive, tmp_path / "inner", proof)
    with pytest.raises(UntrustedArchiveError, match="contains the pickle"):
        PretrainedModelInitializer(str(path))
    assert not proof.exists()
    assert PretrainedModelInitializer(str(archive)).weights


def test_a_mention_detector_is_checked(archive: Path, tmp_path: Path, proof: Path) -> None:
    path = foreign_weights(archive, tmp_path / "inner", proof)
    detector = MentionDetector(str(path))
    with pytest.raises(UntrustedArchiveError, match="contains the pickle"):
        next(iter(detector([Document("a", "Aspirin.")])))
    assert not proof.exists()


def pack_member(path: Path, archive: Path, **fields: Any) -> Path:
    """A copy of an archive with one more member."""
    member = tarfile.TarInfo(fields.pop("name"))
    content = b"x" if fields.get("type", tarfile.REGTYPE) == tarfile.REGTYPE else b""
    for name, value in fields.items():
        setattr(member, name, value)
    member.size = len(content)
    with tarfile.open(archive) as old, tarfile.open(path, "w:gz") as new:
        for known in old:
            new.addfile(known, old.extractfile(known) if known.isfile() else None)
        new.addfile(member, io.BytesIO(content))
    return path


@pytest.mark.parametrize("has_filters", [True, False])
@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"name": "{}"}, "writes outside of its folder"),
        ({"name": "../../../../../..{}"}, "writes outside of its folder"),
        ({"name": "vocabulary/../../../../../..{}"}, "writes outside of its folder"),
        ({"name": "x", "type": tarfile.SYMTYPE, "linkname": "{}"}, "contains the link"),
        ({"name": "x", "type": tarfile.LNKTYPE, "linkname": "config.json"}, "contains the link"),
        ({"name": "x", "type": tarfile.CHRTYPE, "devmajor": 1, "devminor": 3}, "neither a file"),
        ({"name": "x", "type": tarfile.FIFOTYPE}, "neither a file"),
    ],
)
def test_members_stay_inside_of_their_folder(
    archive: Path,
    tmp_path: Path,
    proof: Path,
    monkeypatch: pytest.MonkeyPatch,
    fields: Dict[str, Any],
    reason: str,
    has_filters: bool,
) -> None:
    if not has_filters:
        monkeypatch.delattr(tarfile, "data_filter", raising=False)
    fields = {
        key: value.replace("{}", str(proof)) if isinstance(value, str) else value
        for key, value in fields.items()
    }
    path = pack_member(tmp_path / "x.tar.gz", archive, **fields)
    is_inside = fields["name"] == "x"
    if fields.get("type") != tarfile.CHRTYPE:  # only an administrator may make a device
        check(path, proof, reason, runs=not is_inside)
        return
    with pytest.raises(UntrustedArchiveError, match=reason):
        load_archive(path)


def npz(proof: Path) -> bytes:
    file = io.BytesIO()
    np.savez(file, numbers=np.ones(2), objects=np.array([Payload(proof)], dtype=object))
    return file.getvalue()


def npy(proof: Path) -> bytes:
    file = io.BytesIO()
    np.save(file, np.array([Payload(proof)], dtype=object))
    return file.getvalue()


def saved(proof: Path) -> bytes:
    file = io.BytesIO()
    torch.save({"a": Payload(proof)}, file)
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("encoder/pytorch_model.bin", saved),
        ("encoder/pytorch_model.bin", pickled),
        ("encoder/of_any_name", saved),
        ("encoder/vocab.pkl", pickled),
        ("encoder/vocab", pickled),
        ("encoder/vocab.pkl", lambda proof: b"cos\nsystem\n(S'true'\ntR."),
        ("encoder/model.joblib.gz", lambda proof: b"\x1f\x8b"),
        ("encoder/x.npy", npy),
        ("vocabulary/x", npz),
    ],
)
def test_pickles_in_an_archive_are_refused(
    archive: Path, tmp_path: Path, proof: Path, name: str, content: Callable[[Path], bytes]
) -> None:
    changed(archive, tmp_path, lambda config: None)
    (tmp_path / "unpacked" / name).write_bytes(content(proof))
    for path in (tmp_path / "unpacked", packed(tmp_path / "unpacked")):
        with pytest.raises(UntrustedArchiveError, match="pickle"):
            load_archive(path)
    assert not proof.exists()


def test_weights_that_run_code_are_refused(archive: Path, tmp_path: Path, proof: Path) -> None:
    check(
        foreign_weights(archive, tmp_path / "a", proof), proof, "contains the pickle 'weights.th'"
    )


def test_other_weights_are_checked_too(archive: Path, tmp_path: Path, proof: Path) -> None:
    weights = tmp_path / "other.th"
    weights.write_bytes(saved(proof))
    with pytest.raises(UntrustedArchiveError, match=r"contains the pickle 'other\.th'"):
        load_archive(archive, weights_file=str(weights))
    assert not proof.exists()


def test_arrays_and_checkpoints_without_objects_are_let_through(
    archive: Path, tmp_path: Path
) -> None:
    changed(archive, tmp_path, lambda config: None)
    np.save(tmp_path / "unpacked" / "x.npy", np.ones(3))
    torch.save({"a": torch.ones(3)}, tmp_path / "unpacked" / "encoder" / "pytorch_model.bin")
    (tmp_path / "unpacked" / "encoder" / "pytorch_model.bin.index.json").write_text("{}")
    (tmp_path / "unpacked" / "training_state_e1_b0.th").write_bytes(b"not read")
    assert load_archive(packed(tmp_path / "unpacked")).model


def test_a_config_cannot_import_files(archive: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("s")
    changed(archive, tmp_path, lambda config: None)
    config = tmp_path / "unpacked" / "config.json"
    config.write_text(config.read_text()[:-1] + f', "x": importstr "{secret}"}}')
    with pytest.raises(ConfigurationError, match=r"no readable config\.json"):
        load_archive(packed(tmp_path / "unpacked"))


def test_overrides_of_the_user_may_name_any_class(archive: Path) -> None:
    name = "bio_ie.modules.pair_scorers.BiaffinePairScorer"
    assert load_archive(archive, overrides={"model.pair_scorer.type": name}).model


def cut(content: bytes) -> Optional[bytes]:
    return content[: len(content) // 2]


def with_state(change: Callable[[Dict[str, torch.Tensor]], Any]) -> Callable[[bytes], bytes]:
    def damage(content: bytes) -> bytes:
        state = torch.load(io.BytesIO(content))
        file = io.BytesIO()
        torch.save(change(state), file)
        return file.getvalue()

    return damage


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        (cut, "is cut off"),
        (lambda content: b"", "is cut off"),
        (lambda content: b"no weights", "is not a checkpoint"),
        (with_state(list), "does not hold the weights of a model"),
        (with_state(lambda state: dict(list(state.items())[1:])), "do not fit the model"),
        (with_state(lambda state: {**state, "other": torch.ones(1)}), "do not fit the model"),
        (
            with_state(
                lambda state: {name: value.reshape(-1)[:1] for name, value in state.items()}
            ),
            "do not fit the model",
        ),
    ],
)
def test_damaged_weights_are_one_line(
    archive: Path, tmp_path: Path, damage: Callable[[bytes], bytes], reason: str
) -> None:
    changed(archive, tmp_path, lambda config: None)
    weights = tmp_path / "unpacked" / "weights.th"
    weights.write_bytes(damage(weights.read_bytes()))
    path = packed(tmp_path / "unpacked")
    with pytest.raises(ConfigurationError, match=reason) as error_info:
        load_archive(path)
    message = error_info.value.message
    assert str(path) in message
    assert len(message.splitlines()) == 1
    assert len(message) < 1000


def test_damage_elsewhere_is_one_line(archive: Path, tmp_path: Path) -> None:
    whole = archive.read_bytes()
    path = tmp_path / "x.tar.gz"
    for content in (whole[:-100], whole[:9000], whole[:5], b"", b"text"):
        path.write_bytes(content)
        with pytest.raises(ConfigurationError, match=r"x\.tar\.gz is not an archive"):
            load_archive(path)
    changed(archive, tmp_path, at("model.label_embedding_dim", "eight"))
    for name in ("vocabulary/entity_tags.txt", "meta.json"):
        (tmp_path / "unpacked" / name).write_bytes(b"\xff")
        with pytest.raises(ConfigurationError) as error_info:
            load_archive(packed(tmp_path / "unpacked"))
        assert len(error_info.value.message.splitlines()) == 1


def test_trust_ends_with_its_block(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert not is_trusted()
    with contextlib.suppress(KeyError), trusting(True):
        assert is_trusted()
        raise KeyError
    assert not is_trusted()
    monkeypatch.setenv(VARIABLE, "1")
    with trusting(False):
        assert is_trusted()


def options_of(command: str) -> List[str]:
    import argparse

    from allennlp.commands.subcommand import Subcommand

    parser = argparse.ArgumentParser()
    subparser = Subcommand.by_name(command)().add_subparser(parser.add_subparsers())
    return [name for action in subparser._actions for name in action.option_strings]


@pytest.mark.parametrize(
    "command",
    ["predict", "evaluate", "link", "extract-pairs", "train", "repeat", "find-lr", "checklist"],
)
def test_commands_that_open_archives_have_the_option(command: str) -> None:
    assert "--trust" in options_of(command)

"""A trained archive is enough to predict and to evaluate."""

import json
import shutil
import socket
import sys
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List

import pytest
from allennlp.commands import main
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.models import load_archive
from allennlp.predictors import Predictor

import bio_ie  # noqa: F401 - registers what the config names

CONFIG = "fixtures/models/joint_ner_re.jsonnet"
TEXTS = [
    "Fexofenadine was taken by 44 bus drivers without any sleepiness being recorded.",
    "Severe headache was caused by nifedipine. It went away when aspirin was given instead.",
]


@dataclass
class Trained:
    """What remains of a training run: the archive, the archive's predictions, and its metrics."""

    archive: Path
    encoder: Path
    predictions: List[Dict[str, Any]]
    metrics: Dict[str, Any]


def predict(archive: Path) -> List[Dict[str, Any]]:
    predictor = Predictor.from_archive(load_archive(archive), "document")
    return predictor.predict_batch_json([{"text": text} for text in TEXTS])


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, fixtures_folder: Path) -> Trained:
    folder = tmp_path_factory.mktemp("trained")
    encoder = folder / "encoder"
    shutil.copytree(fixtures_folder / "encoders" / "tiny_bert", encoder)
    readers = ("dataset_reader", "validation_dataset_reader")
    overrides = {f"{name}.token_indexers.tokens.model_name": str(encoder) for name in readers}
    overrides["model.text_field_embedder.token_embedders.tokens.model_name"] = str(encoder)
    train_model(Params.from_file(CONFIG, json.dumps(overrides)), folder / "run")
    predictions = predict(folder / "run" / "model.tar.gz")
    metrics = json.loads((folder / "run" / "metrics.json").read_text())
    archive = shutil.move(folder / "run" / "model.tar.gz", folder / "model.tar.gz")
    shutil.rmtree(folder / "run")
    shutil.rmtree(encoder)
    return Trained(Path(archive), encoder, predictions, metrics)


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Changes the working directory and cuts off the network."""

    def no_network(*_: Any, **__: Any) -> None:
        raise AssertionError("the network was asked for something")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, no_network)
    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_archive_predicts_the_same_once_encoder_and_training_folder_are_gone(
    trained: Trained, elsewhere: Path
) -> None:
    assert not trained.encoder.exists()
    again = predict(trained.archive)
    assert again == trained.predictions
    assert any("mentions" in document for document in again)


def test_archive_holds_the_encoder_without_its_pretrained_weights(trained: Trained) -> None:
    with tarfile.open(trained.archive) as archive:
        names = [Path(name).name for name in archive.getnames() if name.startswith("encoder/")]
    assert {"config.json", "tokenizer.json"} <= set(names)
    assert not {"model.safetensors", "pytorch_model.bin"} & set(names)


def test_evaluate_gives_the_metrics_of_the_best_epoch(
    trained: Trained,
    elsewhere: Path,
    fixtures_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = fixtures_folder.resolve() / "demo" / "validation.jsonl"
    command = ["bio-ie", "evaluate", str(trained.archive), str(data), "--output-file", "scores"]
    monkeypatch.setattr(sys, "argv", command)
    main(prog="bio-ie")
    scores = json.loads((elsewhere / "scores").read_text())
    prefix = "best_validation_"
    best = {
        key.removeprefix(prefix): value
        for key, value in trained.metrics.items()
        if key.startswith(prefix)
    }
    assert scores.keys() == best.keys()
    assert scores == pytest.approx(best, rel=1e-5)
    assert best["entity_predicted"] > 0

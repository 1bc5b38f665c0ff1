"""From plain text to links and facts: one model finds the mentions, and another model predicts
everything else."""

import json
from pathlib import Path
from typing import Any, Dict, List

import pytest
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.models import load_archive
from allennlp.predictors import Predictor

from bio_ie.predictors import DocumentPredictor, Failure
from bio_ie.predictors.mention_detector import MissingDetectorError
from bio_ie.text.document import Document, Mention

DEMO = Path("fixtures/demo/validation.jsonl")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory, facts_kb: Path) -> Path:
    """An archive of a model that predicts facts."""
    text = json.dumps(Params.from_file("fixtures/models/snerl.jsonnet").as_dict(quiet=True))
    config: Dict[str, Any] = json.loads(text.replace("kb.sqlite", str(facts_kb)))
    folder = tmp_path_factory.mktemp("facts") / "run"
    train_model(Params(config), str(folder))
    return folder / "model.tar.gz"


def build(archive: Path, **changes: Any) -> DocumentPredictor:
    predictor = Predictor.from_archive(load_archive(archive), "document", extra_args=changes)
    assert isinstance(predictor, DocumentPredictor)
    return predictor


def texts() -> List[str]:
    return [json.loads(line)["text"] for line in DEMO.read_text(encoding="utf-8").splitlines()][:12]


def test_given_mentions_are_linked(archive: Path) -> None:
    predictor = build(archive)
    document = json.loads(Path("fixtures/corpora/facts/documents.jsonl").read_text().split("\n")[0])
    output = predictor.predict_json(document)
    places = [(m["start"], m["end"], m["type"]) for m in document["mentions"]]
    assert [(m["start"], m["end"], m["type"]) for m in output["mentions"]] == places
    assert all(len(m["concept_ids"]) == 1 and 0 < m["score"] <= 1 for m in output["mentions"])
    bare = predictor.predict_json({"text": document["text"]})
    assert bare.get("mentions", []) == []


def test_texts_without_mentions_get_them_from_the_detector(
    archive: Path, toy_archive: Path
) -> None:
    alone = Predictor.from_archive(load_archive(toy_archive), "document")
    predictor = build(archive, mention_detector=str(toy_archive))
    num_mentions = 0
    for text in texts():
        expected = alone.predict_json({"text": text})
        output = predictor.predict_json({"text": text})
        found = [[m["start"], m["end"], m["type"]] for m in output.get("mentions", [])]
        assert found == [[m["start"], m["end"], m["type"]] for m in expected.get("mentions", [])]
        num_mentions += len(found)
    assert num_mentions > 0


def test_documents_keep_their_order_and_their_own_mentions(
    archive: Path, toy_archive: Path
) -> None:
    predictor = build(archive, mention_detector=str(toy_archive))
    own = Mention("T1", 0, 4, "Chemical")
    inputs: List[Any] = [
        Document("a", texts()[0]),
        Document("b", "Rash", mentions=[own]),
        Failure("c", "broken"),
        Document("d", texts()[1]),
    ]
    outputs = list(predictor.predict_documents(inputs))
    assert [item.id for item in outputs] == ["a", "b", "c", "d"]
    assert isinstance(outputs[1], Document)
    assert [m.span for m in outputs[1].mentions] == [(0, 4)]
    assert isinstance(outputs[2], Failure)


def test_the_reader_may_name_the_detector(archive: Path, toy_archive: Path) -> None:
    changes = {"validation_dataset_reader.mention_detector": str(toy_archive)}
    predictor = Predictor.from_archive(load_archive(archive, overrides=changes), "document")
    outputs = [predictor.predict_json({"text": text}) for text in texts()]
    assert any(output.get("mentions") for output in outputs)


def test_a_missing_detector_stops_the_run(archive: Path, tmp_path: Path) -> None:
    predictor = build(archive, mention_detector=str(tmp_path / "nowhere.tar.gz"))
    with pytest.raises(MissingDetectorError, match="there is no archive"):
        predictor.predict_json({"text": "Rash."})


def test_a_model_that_finds_mentions_takes_no_detector(toy_archive: Path) -> None:
    with pytest.raises(ConfigurationError, match="finds its own"):
        build(toy_archive, mention_detector=str(toy_archive))

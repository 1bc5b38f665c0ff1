"""The predictor answers each input with a document or with an error that says what is wrong."""

import json
import re
from pathlib import Path
from typing import Any

from allennlp.models import load_archive
from allennlp.predictors import Predictor

import bio_ie  # noqa: F401 - registers what the archive names
from bio_ie.text.document import Document
from tests.fuzzing.mutations import mutated_bytes, mutated_json, no_hang, rounds

_OF_PYTHON = re.compile(r"\A(Type|Key|Index|Value|Attribute|Runtime|Assertion|Recursion)Error")


def check(answer: Any) -> None:
    json.dumps(answer, ensure_ascii=False).encode("utf-8")
    if answer.keys() == {"id", "error"}:
        assert not _OF_PYTHON.match(answer["error"]), answer
    else:
        assert Document.from_json(answer)


def test_damaged_inputs(fixtures_folder: Path) -> None:
    archive = load_archive(fixtures_folder / "archives" / "joint_ner_re" / "model.tar.gz")
    predictor = Predictor.from_archive(archive, "document")
    lines = (fixtures_folder / "corpora" / "jsonl" / "sample.jsonl").read_text().splitlines()
    tokens = {"id": "t", "tokens": ["Aspirin", "causes", "rash", "."], "metadata": {"a": 1}}
    values = [*map(json.loads, lines), tokens, {"title": "Aspirin", "abstract": "It helps."}]
    for rng in rounds(60):
        inputs = []
        for value in rng.sample(values, 2):
            if rng.random() < 0.3:
                line = mutated_bytes(rng, json.dumps(value).encode())
                inputs.append(predictor.load_line(line.decode("utf-8", "surrogateescape")))
            else:
                inputs.append(mutated_json(rng, value))
        with no_hang():
            answers = predictor.predict_batch_json(inputs)
        assert len(answers) == 2
        for answer in answers:
            check(answer)

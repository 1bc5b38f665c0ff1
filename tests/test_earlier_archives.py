"""Archives and knowledge bases of version 0.1.0 load, and predict what they predicted then."""

import json
import sys
from pathlib import Path
from typing import Any

import pytest
from allennlp.commands import main

import bio_ie  # noqa: F401 - registers what the archives name

SYSTEMS = ["joint_ner_re", "keci", "snerl", "multitask_entity_linker", "relvm"]
FLOAT_ERROR = 1e-4
"""The largest difference between probabilities on different processors and library versions."""


def approximately(value: Any) -> Any:
    """A value that is equal to anything with the same structure as `value` and nearly the same
    numbers."""
    if isinstance(value, dict):
        return {key: approximately(part) for key, part in value.items()}
    if isinstance(value, list):
        return [approximately(part) for part in value]
    if isinstance(value, float):
        return pytest.approx(value, abs=FLOAT_ERROR)
    return value


@pytest.mark.parametrize("system", SYSTEMS)
def test_archive_predicts_what_it_predicted(
    system: str, fixtures_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = fixtures_folder.resolve() / "archives"
    # The archives name their knowledge bases by relative paths.
    for file in folder.iterdir():
        if file.name.startswith(("demo.sqlite", "facts.sqlite")):
            (tmp_path / file.name).symlink_to(file)
    monkeypatch.chdir(tmp_path)
    archive, inputs = folder / system / "model.tar.gz", folder / system / "inputs.jsonl"
    command = ["predict", str(archive), str(inputs), "--output-file", "out.jsonl", "--silent"]
    monkeypatch.setattr(sys, "argv", ["bio-ie", *command, "--predictor", "document"])
    main(prog="bio-ie")
    predicted = [json.loads(line) for line in Path("out.jsonl").read_text().splitlines()]
    earlier = (folder / system / "predictions.jsonl").read_text().splitlines()
    expected = [json.loads(line) for line in earlier]
    assert predicted == approximately(expected)
    assert any(document.get("mentions") for document in expected)

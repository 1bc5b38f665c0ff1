"""`--trust`: every command that opens an archive refuses one that could run code."""

import os
import subprocess
import sys
from pathlib import Path
from typing import List

import pytest

from bio_ie.files.trust import VARIABLE
from tests.archives.payloads import foreign_weights

ROOT = Path(__file__).resolve().parents[2]
DEMO = ROOT / "fixtures" / "demo" / "validation.jsonl"
CONFIG = ROOT / "fixtures" / "models" / "joint_ner_re.jsonnet"


@pytest.fixture
def proof(tmp_path: Path) -> Path:
    return tmp_path / "proof"


@pytest.fixture
def archive(fixtures_folder: Path, tmp_path: Path, proof: Path) -> Path:
    harmless = fixtures_folder / "archives" / "joint_ner_re" / "model.tar.gz"
    return foreign_weights(harmless, tmp_path / "foreign", proof)


COMMANDS = {
    "predict": ["predict", "{archive}", DEMO, "--from", "jsonl", "--output", "{out}"],
    "predict lines": ["predict", "{archive}", DEMO, "--silent", "--output", "{out}"],
    "evaluate": ["evaluate", "{archive}", DEMO],
    "link": ["link", DEMO, "--from", "jsonl", "--model", "{archive}"],
    "extract-pairs": ["extract-pairs", DEMO, "--archive", "{archive}", "--output", "{out}"],
    "train": [
        *("train", CONFIG, "-s", "{out}", "-o"),
        '{"model": {"type": "from_archive", "archive_file": "{archive}"}}',
    ],
}


def filled(command: str, archive: Path, out: Path) -> List[str]:
    return [
        str(part).replace("{archive}", str(archive)).replace("{out}", str(out))
        for part in COMMANDS[command]
    ]


@pytest.mark.parametrize("command", COMMANDS)
def test_refused_without_trust_and_run_with_it(
    run, command: str, archive: Path, proof: Path, tmp_path: Path
) -> None:
    arguments = filled(command, archive, tmp_path / "out")
    status, _, err = run(*arguments)
    assert status == 1
    (line,) = [line for line in err.splitlines() if line.startswith("error: ")]
    assert f"{archive} is refused: it contains the pickle" in line
    assert "allow it with --trust" in line
    assert not proof.exists()
    if command == "train":
        arguments[3] = str(tmp_path / "again")
    status, _, err = run(*arguments, "--trust")
    assert status == 1
    assert "the weights do not fit the model" in err
    assert proof.exists()


def test_allennlp_with_the_plugin_refuses_too(archive: Path, proof: Path) -> None:
    result = subprocess.run(
        [sys.executable, "-m", "allennlp", "predict", str(archive), str(DEMO)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT), VARIABLE: ""},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert result.returncode == 1
    assert "is refused: it contains the pickle 'weights.th'" in result.stderr
    assert f"{VARIABLE}=1" in result.stderr
    assert not proof.exists()

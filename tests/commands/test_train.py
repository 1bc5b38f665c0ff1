"""`bio-ie train` checks a config before it reads a corpus."""

import json
import subprocess
import sys
from pathlib import Path
from typing import List, Tuple

ROOT = Path(__file__).resolve().parents[2]


def train(folder: Path, override: str, *arguments: str) -> Tuple[int, List[str]]:
    """The status of the command, and what it writes besides logging."""
    config = folder / "experiment.jsonnet"
    quickstart = json.dumps(str(ROOT / "training_config" / "quickstart.jsonnet"))
    config.write_text(f"(import {quickstart}) + {{ train_data_path: 'none.jsonl' }} + {override}")
    result = subprocess.run(
        [sys.executable, "-m", "bio_ie", "train", str(config), "-s", "run", *arguments],
        capture_output=True,
        text=True,
        cwd=folder,
    )
    lines = [line for line in result.stderr.splitlines() if " - " not in line]
    assert not (folder / "run").exists()
    return result.returncode, lines


def test_faults_of_a_config_are_told_before_the_corpus_is_read(tmp_path: Path) -> None:
    override = "{ model+: { pair_scorer: { type: 'bi_affine' }, dropout: '0.1' } }"
    assert train(tmp_path, override) == (
        1,
        [
            "error: model.dropout must be a number, not '0.1'",
            "error: model.pair_scorer.type: there is no pair scorer 'bi_affine'; did you mean "
            "'biaffine'?",
        ],
    )


def test_a_misspelt_setting_is_one_line(tmp_path: Path) -> None:
    assert train(tmp_path, "{ batchsize:: 4 }") == (
        1,
        ["error: there is no setting or part 'batchsize'; did you mean 'batch_size'?"],
    )


def test_overrides_are_checked_too(tmp_path: Path) -> None:
    status, lines = train(tmp_path, "{}", "--overrides", '{"trainer.num_epoch": 3}')
    assert (status, lines) == (
        1,
        [
            "error: trainer.num_epoch: GradientDescentTrainer has no such parameter; did you mean "
            "'num_epochs'?"
        ],
    )

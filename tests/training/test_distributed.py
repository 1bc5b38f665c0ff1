"""Trains in two processes, by the command line, from a folder that is not the checkout."""

import json
import os
import re
import subprocess
import sys

import pytest
import torch
from allennlp.data.data_loaders import MultiProcessDataLoader
from allennlp.models import load_archive
from allennlp.training.util import evaluate

from tests.training.killable_run import ROOT, assert_same, run_config

# There are 21 sentences for training and 9 for validation. The last round of each is padded, and
# batches of 2 and 4 are not all full.
SETTINGS = """
    model+: { training_candidates: 'gold' },
    distributed: { cuda_devices: [-1, -1] },
    trainer+: { callbacks+: [{ type: 'rank_records' }] },
    num_epochs:: 3,
"""


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("distributed")
    (folder / "config.json").write_text(json.dumps(run_config(folder, SETTINGS)))
    command = [sys.executable, "-m", "bio_ie", "train", "config.json", "-s", "run"]
    # `bio_ie` itself is included without an option.
    result = subprocess.run(
        [*command, "--include-package", "tests.training.rank_records"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
        capture_output=True,
        text=True,
    )
    assert result.returncode == 0, result.stderr[-3000:]
    return folder


def records(trained, epoch):
    """The records of both processes after this epoch."""
    return [torch.load(trained / "run" / f"epoch{epoch}_rank{rank}.th") for rank in range(2)]


def test_processes_keep_the_same_weights_on_different_data(trained):
    for epoch in range(3):
        first, second = records(trained, epoch)
        assert_same(first["weights"], second["weights"])
        assert first["num_candidates"] != second["num_candidates"]
    biases = [records(trained, epoch)[0]["weights"]["tag_projection.bias"] for epoch in range(2)]
    assert not torch.equal(*biases)


def test_batches_without_relation_candidates_are_trained_on_too(trained):
    first, second = (record["num_candidates"] for record in records(trained, 2))
    # each process has 11 sentences; the last one of one process is a copy
    assert len(first) == len(second) == 3 * 6
    kinds = {(a > 0, b > 0) for a, b in zip(first, second, strict=True)}
    assert {(False, True), (True, False), (True, True)} <= kinds


def test_optimizer_groups_are_those_of_one_process(trained):
    """Parameters have other names in distributed training, and the regular expressions of the
    config must match them."""
    state = torch.load(trained / "run" / "training_state_e3_b0.th")
    sizes = [len(group["params"]) for group in state["optimizer"]["param_groups"]]
    names = [name for name in records(trained, 2)[0]["weights"] if "relation_loss" not in name]
    encoder = [name for name in names if name.startswith("text_field_embedder")]
    undecayed = [name for name in encoder if "bias" in name or "LayerNorm" in name]
    biases = [name for name in names if name not in encoder and name.endswith("bias")]
    named = [len(encoder) - len(undecayed), len(undecayed), len(biases)]
    assert sizes == [*named, len(names) - sum(named)]


def test_scores_are_those_of_one_process_with_the_same_weights(trained):
    archive = load_archive(str(trained / "run" / "model.tar.gz"), cuda_device=-1)
    loader = MultiProcessDataLoader(
        archive.validation_dataset_reader, str(trained / "validation.jsonl"), batch_size=7
    )
    loader.index_with(archive.model.vocab)
    alone = evaluate(archive.model, loader)

    metrics = json.loads((trained / "run" / "metrics.json").read_text())
    names = [name for name in alone if re.match("entity_|relation_|overall", name)]
    assert {name: metrics[f"best_validation_{name}"] for name in names} == {
        name: alone[name] for name in names
    }
    gold = [
        len(json.loads(line)["mentions"])
        for line in (trained / "validation.jsonl").read_text().splitlines()
    ]
    # The copy that pads the last round has a mention, which must not count twice.
    assert len(gold) % 2 == 1
    assert gold[-1] > 0
    assert metrics["best_validation_entity_gold"] == sum(gold)
    assert metrics["best_validation_entity_correct"] > 0

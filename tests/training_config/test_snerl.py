"""The settings of SNERL's base that choose parts."""

import json
from pathlib import Path
from typing import Any, Dict

import _jsonnet
import pytest
from allennlp.commands.train import train_model
from allennlp.common import Params

import bio_ie  # noqa: F401 - registers what the configs name

ROOT = Path(__file__).resolve().parents[2]
CONFIG = """(import 'lib/snerl/base.libsonnet') {
    corpus:: { type: 'jsonl' },
    train_data_path: 'fixtures/corpora/facts/documents.jsonl',
    validation_data_path: self.train_data_path,
    knowledge_base:: 'kb.sqlite',
    num_epochs:: 1,
    dim:: 8,
    cuda_device:: -1,
    links:: %s,
}"""


def evaluate(links: str) -> Dict[str, Any]:
    path = ROOT / "training_config" / "snippet.jsonnet"
    config: Dict[str, Any] = json.loads(_jsonnet.evaluate_snippet(str(path), CONFIG % links))
    return config


@pytest.mark.parametrize(
    "links, has_linker",
    [
        ("'candidates'", True),
        ("'linked'", False),
        ("'top_candidate'", False),
        ("{ Disease: 'linked', '*': 'candidates' }", True),
        ("{ Disease: 'candidates', '*': 'linked' }", True),
        ("{ Disease: 'linked', '*': 'top_candidate' }", False),
    ],
)
def test_model_links_where_some_mentions_have_candidates(links: str, has_linker: bool) -> None:
    model = evaluate(links)["model"]

    assert ("linker" in model) == has_linker
    assert (model["entity_loss_weight"] > 0) == has_linker


def test_links_that_differ_by_type_of_mention_are_trained(
    facts_kb: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    config = evaluate("{ Disease: 'linked', '*': 'candidates' }")
    for reader in ("dataset_reader", "validation_dataset_reader"):
        config[reader]["kb"]["path"] = str(facts_kb)
        config[reader]["candidate_generator"]["kb"]["path"] = str(facts_kb)
    model = train_model(Params(config), str(tmp_path / "run"))

    assert model.linker is not None
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text())
    assert metrics["validation_linking_f1"] > 0

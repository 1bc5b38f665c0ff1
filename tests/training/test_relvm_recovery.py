"""Unsupervised training of RELVM, killed and recovered: annealing, samples, token dropout and the
sums behind its metrics go on where they were."""

from pathlib import Path
from typing import Any, Dict

from tests.models.toy_relations import RELVM, experiment
from tests.training.killable_run import ROOT, Moment, assert_same, outcome, run


def config() -> Dict[str, Any]:
    data = ROOT / "fixtures" / "demo" / "validation.jsonl"
    result = experiment({**RELVM, "kl_weight": {"type": "linear_warmup", "num_epochs": 2}}, data)
    result["dataset_reader"] = {"type": "relation_context", "max_instances": 40}
    result["data_loader"]["shuffle"] = True
    result["trainer"].update(num_epochs=3, validation_metric="+elbo")
    result["trainer"]["checkpointer"]["save_every_num_batches"] = 2
    return result


def test_killed_run_ends_as_one_left_alone(tmp_path: Path) -> None:
    assert not run(config(), tmp_path / "left_alone")
    expected = outcome(tmp_path / "left_alone")
    assert expected["metrics.json"]["training_active_units"] >= 0
    killed = tmp_path / "run"
    assert run(config(), killed, killed_at=Moment("batch", "e0_b3"))
    assert run(config(), killed, recover=True, killed_at=Moment("batch", "e2_b3"))
    assert not run(config(), killed, recover=True)
    assert_same(outcome(killed), expected)

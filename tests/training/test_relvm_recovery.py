"""A training run of RELVM that is killed and recovered continues with everything: annealing,
samples, token dropout, the order of pairs and the sums behind the metrics."""

from pathlib import Path
from typing import Any, Callable, Dict

import pytest

from tests.models.relvm import toy_relations
from tests.models.relvm.toy_relations import RELVM, experiment
from tests.training.killable_run import ROOT, Moment, assert_same, outcome, run


def unsupervised(folder: Path) -> Dict[str, Any]:
    data = ROOT / "fixtures" / "demo" / "validation.jsonl"
    result = experiment({**RELVM, "kl_weight": {"type": "linear_warmup", "num_epochs": 2}}, data)
    result["dataset_reader"] = {"type": "relation_context", "max_instances": 40}
    result["data_loader"]["shuffle"] = True
    result["trainer"].update(num_epochs=3, validation_metric="+elbo")
    result["trainer"]["checkpointer"]["save_every_num_batches"] = 2
    return result


def related_and_unrelated_pairs(folder: Path) -> Dict[str, Any]:
    """Epochs have five batches, but there are related pairs for nine. So an epoch does not begin
    where the sampler begins."""
    data = toy_relations.write(folder / "pairs.jsonl", toy_relations.pairs(60))
    model = {"type": "relvm_pair_classifier", "representation": RELVM, "hidden_dim": 5}
    result = experiment(model, data)
    # The training process does not know the short name of the class.
    result["dataset_reader"]["type"] = "tests.models.relvm.toy_relations.ToyRelationsReader"
    result["data_loader"] = {
        "batch_sampler": {"type": "related_unrelated", "related": 2, "unrelated": 6},
        "batches_per_epoch": 5,
    }
    result["validation_data_loader"] = {"batch_size": 8}
    result["trainer"].update(num_epochs=3, validation_metric="+overall")
    result["trainer"]["callbacks"].append({"type": "best_thresholds", "shared": True})
    result["trainer"]["checkpointer"]["save_every_num_batches"] = 2
    return result


@pytest.mark.parametrize("config", [unsupervised, related_and_unrelated_pairs])
def test_killed_run_ends_as_one_left_alone(
    config: Callable[[Path], Dict[str, Any]], tmp_path: Path
) -> None:
    assert not run(config(tmp_path), tmp_path / "left_alone")
    expected = outcome(tmp_path / "left_alone")
    if config is unsupervised:
        assert expected["metrics.json"]["training_active_units"] >= 0
    killed = tmp_path / "run"
    assert run(config(tmp_path), killed, killed_at=Moment("batch", "e0_b3"))
    assert run(config(tmp_path), killed, recover=True, killed_at=Moment("batch", "e2_b3"))
    assert not run(config(tmp_path), killed, recover=True)
    assert_same(outcome(killed), expected)

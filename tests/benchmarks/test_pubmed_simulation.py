"""The simulation of a run over PubMed."""

import pytest

from benchmarks.pubmed_simulation import PUBMED, SHARD, Costs, Machine, best_machine, simulate

COSTS = Costs(reading=1e-3, preparing=8e-3, shipping=0.0, finishing=1e-3, operations=1e9)
FAST = 1e15
DOCUMENTS = 400 * SHARD


def seconds_of_a_document(machine, costs=COSTS, gpu_speed=FAST):
    return simulate(costs, gpu_speed, machine, DOCUMENTS).seconds / DOCUMENTS


@pytest.mark.parametrize(
    "machine, gpu_speed, slowest",
    [
        (Machine(gpus=1, readers=1, preparers=2, workers=1), FAST, 4e-3),  # preparing
        (Machine(gpus=1, readers=1, preparers=20, workers=20), FAST, 1e-3),  # reading
        (Machine(gpus=1, readers=2, preparers=20, workers=20), 2e11, 5e-3),  # the GPU
        (Machine(gpus=2, readers=2, preparers=20, workers=20), 2e11, 2.5e-3),  # two of them
        (Machine(gpus=1, readers=2, preparers=0, workers=4), FAST, 9e-3 / 4),  # all by workers
        (Machine(gpus=1, readers=2, preparers=20, workers=1), 1e12, 2e-3),  # one worker
    ],
)
def test_the_slowest_stage_decides(machine, gpu_speed, slowest):
    assert seconds_of_a_document(machine, gpu_speed=gpu_speed) == pytest.approx(slowest, rel=0.05)


def test_what_is_slow_is_busy():
    busy = simulate(COSTS, FAST, Machine(1, 1, 2, 1), DOCUMENTS).busy
    assert busy["preparers"] == pytest.approx(1, abs=0.02)
    assert busy["readers"] == pytest.approx(0.25, abs=0.02)
    assert busy["gpus"] < 0.01


def test_cores_go_where_the_work_is():
    machine, _ = best_machine(COSTS, FAST, gpus=1, cores=12, apart=False)
    # Two cores must read, or reading would be the slowest; with ten others, 9 ms take .9.
    assert machine == Machine(1, 2, 0, 10)
    assert seconds_of_a_document(machine) == pytest.approx(0.9e-3, rel=0.05)
    # One core finishes what eight prepare.
    machine, outcome = best_machine(COSTS, FAST, gpus=8, cores=10, apart=True)
    assert machine == Machine(8, 8, 64, 8)
    assert outcome.seconds / PUBMED == pytest.approx(1e-3 / 8, rel=0.05)

"""The values of schedules step by step, and when a schedule keeps its place."""

import copy
from typing import Any, Dict, List

import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError

from bio_ie.modules.schedules import Schedule

CONFIGS: Dict[str, Dict[str, Any]] = {
    "constant": {"type": "constant", "value": 0.25},
    "linear_warmup": {"type": "linear_warmup", "num_steps": 4},
    "step": {"type": "step", "num_steps": 4},
}


def build(**config: Any) -> Schedule:
    return Schedule.from_params(Params(config))


def weights(schedule: Schedule, num_steps: int) -> List[float]:
    return [schedule().item() for _ in range(num_steps)]


@pytest.fixture(params=CONFIGS)
def schedule(request: pytest.FixtureRequest) -> Schedule:
    return build(**CONFIGS[request.param])


def test_every_registered_name_is_tested_here() -> None:
    assert set(CONFIGS) == set(Schedule.list_available())


def test_constant_is_the_same_at_every_step() -> None:
    assert weights(build(type="constant", value=0.25), 3) == [0.25] * 3
    assert weights(build(type="constant"), 2) == [1.0] * 2


def test_step_is_start_for_n_steps_and_end_from_then_on() -> None:
    assert weights(build(type="step", num_steps=2), 4) == [0, 0, 1, 1]
    assert weights(build(type="step", start=0.5, end=0.25, num_steps=1), 3) == [0.5, 0.25, 0.25]
    schedule = build(type="step", num_epochs=1)
    assert not schedule.is_resolved
    schedule.resolve(3)
    assert weights(schedule, 5) == [0, 0, 0, 1, 1]


def test_linear_warmup_goes_from_start_at_step_0_to_end_at_step_n() -> None:
    assert weights(build(type="linear_warmup", num_steps=4), 7) == [0, 0.25, 0.5, 0.75, 1, 1, 1]
    assert weights(build(type="linear_warmup", num_steps=1), 3) == [0, 1, 1]


@pytest.mark.parametrize("start, end", [(0.1, 0.7), (1.0, 0.0), (-2.0, 3.0)])
def test_linear_warmup_follows_its_equation_and_meets_both_ends_exactly(
    start: float, end: float
) -> None:
    schedule = build(type="linear_warmup", start=start, end=end, num_steps=7)
    values = weights(schedule, 10)
    expected = [start + (end - start) * min(step / 7, 1) for step in range(10)]
    assert values == pytest.approx(expected, abs=1e-6)
    assert values[0] == torch.tensor(start).item()
    assert values[7:] == [torch.tensor(end).item()] * 3


def test_evaluation_gives_the_present_weight_and_does_not_go_on() -> None:
    schedule = build(type="linear_warmup", num_steps=4)
    weights(schedule, 2)
    schedule.eval()
    assert weights(schedule, 3) == [0.5] * 3
    schedule.train()
    assert weights(schedule, 2) == [0.5, 0.75]


def test_weights_are_float_scalars_without_gradient(schedule: Schedule) -> None:
    weight = schedule()
    assert weight.shape == ()
    assert weight.dtype == torch.float32
    assert not weight.requires_grad


def test_a_loss_that_holds_a_weight_is_unharmed_by_later_steps(schedule: Schedule) -> None:
    parameter = torch.nn.Parameter(torch.ones(()))
    weights(schedule, 2)
    weight = schedule()
    expected = weight.item()
    loss = parameter * weight
    weights(schedule, 2)
    for buffer in schedule.buffers():
        buffer.add_(1)  # as distributed training does, between two forwards
    loss.backward()
    assert parameter.grad is not None
    assert parameter.grad.item() == expected


def test_a_recovered_schedule_goes_on_where_it_was(schedule: Schedule) -> None:
    fresh = copy.deepcopy(schedule)
    weights(schedule, 2)
    fresh.load_state_dict(copy.deepcopy(schedule.state_dict()))
    assert weights(fresh, 5) == weights(schedule, 5)
    assert fresh.step.item() == 7


def test_state_is_integer_buffers_that_casts_leave_alone(schedule: Schedule) -> None:
    schedule.half()
    assert all(value.dtype == torch.int64 for value in schedule.state_dict().values())
    schedule.step.fill_(2**40)  # larger than the integers that a float holds exactly
    schedule()
    assert schedule.step.item() == 2**40 + 1


def test_training_with_an_unknown_length_says_what_to_do() -> None:
    schedule = build(type="linear_warmup")
    with pytest.raises(ConfigurationError, match=r'give it num_steps.*"type": "schedules"'):
        schedule()
    assert schedule.step.item() == 0


def test_evaluation_with_an_unknown_length_gives_the_start() -> None:
    schedule = build(type="linear_warmup", start=0.2, num_epochs=1).eval()
    assert schedule().item() == pytest.approx(0.2)


@pytest.mark.parametrize(
    "num_epochs, batches_per_epoch, length", [(None, 10, 10), (2, 10, 20), (0.25, 10, 3)]
)
def test_a_length_in_epochs_becomes_one_in_steps(
    num_epochs: float, batches_per_epoch: int, length: int
) -> None:
    schedule = build(type="linear_warmup", num_epochs=num_epochs)
    assert not schedule.is_resolved
    schedule.resolve(batches_per_epoch)
    assert schedule.is_resolved
    values = weights(schedule, length + 1)
    assert values[-2] < 1
    assert values[-1] == 1


def test_a_resolved_length_is_part_of_the_checkpoint() -> None:
    schedule = build(type="linear_warmup")
    schedule.resolve(8)
    recovered = build(type="linear_warmup")
    recovered.load_state_dict(schedule.state_dict())
    assert recovered.is_resolved
    assert weights(recovered, 3) == [0, 0.125, 0.25]


def test_a_checkpoint_without_a_length_leaves_it_unknown() -> None:
    schedule = build(type="linear_warmup")
    schedule.load_state_dict(build(type="linear_warmup").state_dict())
    assert not schedule.is_resolved


@pytest.mark.parametrize(
    "config, reason",
    [
        ({"num_steps": 5, "num_epochs": 1}, "not both"),
        ({"num_steps": 0}, "num_steps must be at least 1, got 0"),
        ({"num_epochs": 0}, "num_epochs must be positive and finite, got 0"),
    ],
)
def test_impossible_lengths_are_refused(config: Dict[str, Any], reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        build(type="linear_warmup", **config)


def test_an_epoch_without_batches_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="at least 1 batch, but it has 0"):
        build(type="linear_warmup").resolve(0)


def test_no_value_is_read_back_from_the_device(schedule: Schedule) -> None:
    # Tensors on the meta device have no values, so code that waits for a value raises.
    schedule.to("meta")
    assert schedule().device.type == "meta"

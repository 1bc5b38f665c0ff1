from pathlib import Path
from types import SimpleNamespace
from typing import Any, Dict, List, Optional

import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import Instance, Vocabulary
from allennlp.data.data_loaders import SimpleDataLoader
from allennlp.data.fields import TensorField
from allennlp.models import Model
from allennlp.training.callbacks import TrainerCallback
from allennlp.training.gradient_descent_trainer import GradientDescentTrainer

from bio_ie.modules.schedules import ConstantSchedule, LinearWarmupSchedule, Schedule
from bio_ie.training.callbacks.schedule_lengths import ScheduleLengthsCallback


class WeightedModel(Model):
    """A model with one parameter and a scheduled loss. It records the weights of the loss in
    training."""

    def __init__(self, schedule: Schedule) -> None:
        super().__init__(Vocabulary())
        self.schedule = schedule
        self.parameter = torch.nn.Parameter(torch.zeros(()))
        self.trained_with: List[float] = []

    def forward(self, x: torch.Tensor) -> Dict[str, torch.Tensor]:  # type: ignore[override]
        weight = self.schedule()
        if self.training:
            self.trained_with.append(weight.item())
        return {"loss": weight * (self.parameter - x).pow(2).sum()}


def callback(folder: Path) -> TrainerCallback:
    built = TrainerCallback.from_params(
        Params({"type": "schedules"}), serialization_dir=str(folder)
    )
    assert isinstance(built, ScheduleLengthsCallback)
    return built


def train(
    model: Model, folder: Path, callbacks: Optional[List[TrainerCallback]] = None, **settings: Any
) -> None:
    instances = [Instance({"x": TensorField(torch.ones(1))}) for _ in range(8)]
    GradientDescentTrainer(
        model,
        torch.optim.SGD(model.parameters(), lr=0.1),
        SimpleDataLoader(instances, batch_size=2),
        validation_data_loader=SimpleDataLoader(instances, batch_size=2),
        num_epochs=2,
        serialization_dir=str(folder),
        callbacks=[callback(folder)] if callbacks is None else callbacks,
        run_confidence_checks=False,
        cuda_device=-1,
        **settings,
    ).train()


def fake_trainer(model: torch.nn.Module, length: int) -> Any:
    return SimpleNamespace(model=model, data_loader=[None] * length)


def test_weight_rises_over_the_first_epoch_and_validation_does_not_advance_it(
    tmp_path: Path,
) -> None:
    model = WeightedModel(LinearWarmupSchedule())
    train(model, tmp_path)
    assert model.trained_with == [0, 0.25, 0.5, 0.75, 1, 1, 1, 1]


def test_gradient_accumulation_does_not_change_the_length(tmp_path: Path) -> None:
    model = WeightedModel(LinearWarmupSchedule())
    train(model, tmp_path, num_gradient_accumulation_steps=2)
    assert model.trained_with == [0, 0.25, 0.5, 0.75, 1, 1, 1, 1]


def test_without_the_callback_training_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match='"schedules"'):
        train(WeightedModel(LinearWarmupSchedule()), tmp_path, callbacks=[])


def test_every_schedule_of_the_model_is_resolved_once(tmp_path: Path) -> None:
    schedules = torch.nn.ModuleList(
        [LinearWarmupSchedule(), LinearWarmupSchedule(num_epochs=2), ConstantSchedule()]
    )
    callback(tmp_path).on_start(fake_trainer(schedules, 10))
    callback(tmp_path).on_start(fake_trainer(schedules, 99))  # as after a recovery
    assert [schedule.length.item() for schedule in schedules[:2]] == [10, 20]


class StreamingLoader:
    def __len__(self) -> int:
        raise TypeError


def test_a_streaming_loader_needs_num_steps(tmp_path: Path) -> None:
    unresolved = torch.nn.ModuleDict({"loss_weight": LinearWarmupSchedule()})
    resolved = torch.nn.ModuleDict({"loss_weight": LinearWarmupSchedule(num_steps=3)})
    loader: Any = StreamingLoader()
    with pytest.raises(
        ConfigurationError, match=r"'loss_weight' lasts.*give the schedule num_steps"
    ):
        callback(tmp_path).on_start(SimpleNamespace(model=unresolved, data_loader=loader))
    callback(tmp_path).on_start(SimpleNamespace(model=resolved, data_loader=loader))
    assert resolved["loss_weight"].length.item() == 3

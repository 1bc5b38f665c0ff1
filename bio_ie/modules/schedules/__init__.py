"""Schedules of the weight of a loss."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.modules.schedules.constant import ConstantSchedule
    from bio_ie.modules.schedules.linear_warmup import LinearWarmupSchedule
    from bio_ie.modules.schedules.schedule import Schedule
    from bio_ie.modules.schedules.step import StepSchedule
else:
    __getattr__ = lazy_exports(__name__)

__all__ = ["ConstantSchedule", "LinearWarmupSchedule", "Schedule", "StepSchedule"]

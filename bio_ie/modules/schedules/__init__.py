from bio_ie.modules.schedules.constant import ConstantSchedule
from bio_ie.modules.schedules.linear_warmup import LinearWarmupSchedule
from bio_ie.modules.schedules.schedule import Schedule
from bio_ie.modules.schedules.step import StepSchedule

__all__ = ["ConstantSchedule", "LinearWarmupSchedule", "Schedule", "StepSchedule"]

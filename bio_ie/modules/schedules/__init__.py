from bio_ie.modules.schedules.constant import ConstantSchedule
from bio_ie.modules.schedules.linear_warmup import LinearWarmupSchedule
from bio_ie.modules.schedules.schedule import Schedule

__all__ = ["ConstantSchedule", "LinearWarmupSchedule", "Schedule"]

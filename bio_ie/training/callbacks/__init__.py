"""Callbacks of the trainer."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.training.callbacks.best_thresholds import BestThresholdsCallback
    from bio_ie.training.callbacks.exact_recovery import ExactRecoveryCallback
    from bio_ie.training.callbacks.schedule_lengths import ScheduleLengthsCallback
else:
    __getattr__ = lazy_exports(__name__)

"""Checkpoints, callbacks and the optimizer."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.training import callbacks
    from bio_ie.training.atomic_checkpointer import AtomicCheckpointer
    from bio_ie.training.fused_adamw import FusedAdamW
else:
    __getattr__ = lazy_exports(__name__)

from bio_ie.training import callbacks
from bio_ie.training.atomic_checkpointer import AtomicCheckpointer
from bio_ie.training.fused_adamw import FusedAdamW

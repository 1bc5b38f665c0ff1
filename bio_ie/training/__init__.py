from bio_ie.training import callbacks
from bio_ie.training.atomic_checkpointer import AtomicCheckpointer

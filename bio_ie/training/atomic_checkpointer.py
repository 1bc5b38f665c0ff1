"""Checkpoints that are whole or absent, whenever a run is killed."""

import glob
import logging
import os
import tempfile
from typing import Any, Dict, Optional

import torch
from allennlp.training import Checkpointer
from allennlp.training.trainer import Trainer, TrainerCheckpoint

logger = logging.getLogger(__name__)

_TEMPORARY_PREFIX = ".unfinished_"


@Checkpointer.register("atomic")
class AtomicCheckpointer(Checkpointer):
    """AllenNLP's checkpointer, made safe against being killed at any point.

    * A state is written under a temporary name and moved into place; the training state first,
      since AllenNLP takes a checkpoint for complete when its model state is there.
    * AllenNLP updates `best.th` after the checkpoint of the epoch that is best so far, and the
      checkpoint does not know of it. A run killed in between would go on with a stale `best.th` or
      none: both are mended when the checkpoint is loaded.

    Registered as a `Checkpointer` with name "atomic". Parameters are those of AllenNLP's.
    """

    def save_checkpoint(self, trainer: Trainer) -> None:
        if self._serialization_dir is None:
            return
        checkpoint = trainer.get_checkpoint_state()
        if checkpoint is not None:
            point = (
                checkpoint.trainer_state["epochs_completed"],
                checkpoint.trainer_state["batches_in_epoch_completed"],
            )
            # What is there already is as good as what would be written now, unless it was left
            # behind by a run that was started anew in the same folder: so write it.
            _save(checkpoint.trainer_state, self._training_state_path(*point))
            _save(checkpoint.model_state, self._model_state_path(*point))
        # Finds both files there, and goes on to count, and to remove old checkpoints.
        super().save_checkpoint(trainer)

    def load_checkpoint(self) -> Optional[TrainerCheckpoint]:
        for path in glob.glob(os.path.join(self._serialization_dir, f"{_TEMPORARY_PREFIX}*")):
            if self._is_primary:
                os.remove(path)
        checkpoint = super().load_checkpoint()
        if checkpoint is None:
            return None
        state = checkpoint.trainer_state
        best_epoch = state["metric_tracker"]["best_epoch"]
        if best_epoch is not None and not self.state_is_sharded:
            best = os.path.join(self._serialization_dir, "best.th")
            is_this_epoch = best_epoch == state["epochs_completed"] - 1
            if is_this_epoch and state["batches_in_epoch_completed"] == 0 and self._is_primary:
                _save(_averaged(checkpoint.model_state, state.get("moving_average")), best)
            state["best_model_filename"] = best
        return checkpoint


def _averaged(
    model_state: Dict[str, Any], moving_average: Optional[Dict[str, Any]]
) -> Dict[str, Any]:
    """The weights that count as this epoch's: with a moving average, the averaged ones."""
    if moving_average is None:
        return model_state
    shadows = moving_average["shadows"]
    return {name: shadows.get(name, value) for name, value in model_state.items()}


def _save(state: Dict[str, Any], path: str) -> None:
    folder, name = os.path.split(path)
    handle, temporary = tempfile.mkstemp(prefix=f"{_TEMPORARY_PREFIX}{name}_", dir=folder)
    with os.fdopen(handle, "wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)

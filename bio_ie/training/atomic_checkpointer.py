"""Checkpoints that are whole or absent, whenever a run is killed."""

import os
from typing import Any, Dict, Optional

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.training import Checkpointer
from allennlp.training.trainer import Trainer, TrainerCheckpoint

_TEMPORARY_PREFIX = ".unfinished_"
_BECOMES_BEST = "becomes_best"


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
        checkpoint = trainer.get_checkpoint_state()
        if checkpoint is not None:
            state = checkpoint.trainer_state
            point = state["epochs_completed"], state["batches_in_epoch_completed"]
            state[_BECOMES_BEST] = (
                state["batches_in_epoch_completed"] == 0
                and trainer._should_validate_this_epoch  # type: ignore[attr-defined]
                and trainer._metric_tracker.is_best_so_far()  # type: ignore[attr-defined]
            )
            # What is there already was left behind by a run that was killed: it may be half of a
            # checkpoint, so it is written again.
            _save(state, self._training_state_path(*point))
            _save(checkpoint.model_state, self._model_state_path(*point))
        # Finds both files there, and goes on to count, and to remove old checkpoints.
        super().save_checkpoint(trainer)

    def load_checkpoint(self) -> Optional[TrainerCheckpoint]:
        if self._is_primary and not self.state_is_sharded:
            self._remove_halves()
        best = os.path.join(self._serialization_dir, "best.th")
        checkpoint = super().load_checkpoint()
        if checkpoint is None:
            if os.path.exists(best):
                # Models take it as a sign that their pretrained weights are not needed any more.
                raise ConfigurationError(
                    f"{self._serialization_dir} has a best.th but no checkpoint to recover from: "
                    "start anew in another folder, or with --force"
                )
            return None
        state = checkpoint.trainer_state
        self._last_save_num_epochs_completed = state["epochs_completed"]
        self._last_save_num_batches_in_epoch_completed = state["batches_in_epoch_completed"]
        if not self.state_is_sharded and (state[_BECOMES_BEST] or state["best_model_filename"]):
            state["best_model_filename"] = best
            if state[_BECOMES_BEST] and self._is_primary:
                _save(_averaged(checkpoint.model_state, state.get("moving_average")), best)
        return checkpoint

    def _remove_halves(self) -> None:
        """What a run that was killed while it saved, or removed an old checkpoint, left behind."""
        whole = self._find_all_checkpoints()
        for name in os.listdir(self._serialization_dir):
            point = self._parse_training_state_path(name)
            if name.startswith(_TEMPORARY_PREFIX) or (point is not None and point not in whole):
                os.remove(os.path.join(self._serialization_dir, name))


def _averaged(
    model_state: Dict[str, Any], moving_average: Optional[Dict[str, Any]]
) -> Dict[str, Any]:
    """The weights that count as this epoch's: with a moving average, the averaged ones."""
    averaged = model_state.copy()
    if moving_average is not None:
        for name, shadow in moving_average["shadows"].items():
            # In distributed training the moving average knows a parameter by another name.
            averaged[name.removeprefix("module.")] = shadow
    return averaged


def _save(state: Dict[str, Any], path: str) -> None:
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, _TEMPORARY_PREFIX + name)
    with open(temporary, "wb") as file:
        torch.save(state, file)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)

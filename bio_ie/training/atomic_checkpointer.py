"""A checkpointer whose checkpoints are complete or absent, whenever a run is killed."""

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
    """AllenNLP's checkpointer, made safe against a run being killed at any point.

    * Each state is written under a temporary name and then moved into place. The training state
      comes first, because AllenNLP considers a checkpoint complete if its model state exists.
    * AllenNLP writes `best.th` after the checkpoint of the epoch that is the best so far, and the
      checkpoint does not record that this epoch is the best. A run that was killed in between would
      go on with a stale `best.th` or with none. Both cases are repaired when the checkpoint is
      loaded.

    Registered as a `Checkpointer` with name "atomic". Its parameters are those of AllenNLP's
    `Checkpointer`.
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
            # Existing files were left behind by a run that was killed. They may be half of a
            # checkpoint, so they are written again.
            _save(state, self._training_state_path(*point))
            _save(checkpoint.model_state, self._model_state_path(*point))
        # AllenNLP's method finds that both files exist. It then only counts the checkpoint and
        # removes old ones.
        super().save_checkpoint(trainer)

    def load_checkpoint(self) -> Optional[TrainerCheckpoint]:
        if self._is_primary and not self.state_is_sharded:
            self._remove_halves()
        best = os.path.join(self._serialization_dir, "best.th")
        checkpoint = super().load_checkpoint()
        if checkpoint is None:
            if os.path.exists(best):
                # Models would conclude from best.th that they do not need their pretrained weights.
                raise ConfigurationError(
                    f"{self._serialization_dir} has a best.th but no checkpoint to recover from: "
                    "start again in another folder, or with --force"
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
        """Removes the files that a run left behind when it was killed while it saved a checkpoint
        or removed an old one."""
        whole = self._find_all_checkpoints()
        for name in os.listdir(self._serialization_dir):
            point = self._parse_training_state_path(name)
            if name.startswith(_TEMPORARY_PREFIX) or (point is not None and point not in whole):
                os.remove(os.path.join(self._serialization_dir, name))


def _averaged(
    model_state: Dict[str, Any], moving_average: Optional[Dict[str, Any]]
) -> Dict[str, Any]:
    """The weights of the model after this epoch. With a moving average, these are the averaged
    weights."""
    averaged = model_state.copy()
    if moving_average is not None:
        for name, shadow in moving_average["shadows"].items():
            # In distributed training the moving average uses other names for the parameters.
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

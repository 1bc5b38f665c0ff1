"""A callback for `--include-package` that writes down what each distributed process does."""

import os
from typing import TYPE_CHECKING, Any, Dict, List

import torch
import torch.distributed as dist
from allennlp.training.callbacks import TrainerCallback

if TYPE_CHECKING:
    from allennlp.training.gradient_descent_trainer import GradientDescentTrainer


@TrainerCallback.register("rank_records")
class RankRecordsCallback(TrainerCallback):
    """After each epoch E, process R writes a file `epochE_rankR.th` with its weights, and the
    numbers of relation candidates in its training batches so far."""

    def on_start(
        self, trainer: "GradientDescentTrainer", is_primary: bool = True, **kwargs: Any
    ) -> None:
        super().on_start(trainer, is_primary=is_primary, **kwargs)
        self._num_candidates: List[int] = []

        def count(module: torch.nn.Module, inputs: Any, scores: torch.Tensor) -> None:
            if module.training:
                self._num_candidates.append(len(scores))

        trainer.model.pair_scorer.register_forward_hook(count)

    def on_epoch(
        self,
        trainer: "GradientDescentTrainer",
        metrics: Dict[str, Any],
        epoch: int,
        is_primary: bool = True,
        **kwargs: Any,
    ) -> None:
        record = {"weights": trainer.model.state_dict(), "num_candidates": self._num_candidates}
        torch.save(
            record, os.path.join(self.serialization_dir, f"epoch{epoch}_rank{dist.get_rank()}.th")
        )

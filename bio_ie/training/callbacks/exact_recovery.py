from typing import TYPE_CHECKING, Any, Dict, List, Optional

import torch
from allennlp.training.callbacks import TrainerCallback

if TYPE_CHECKING:
    from allennlp.training.gradient_descent_trainer import GradientDescentTrainer


@TrainerCallback.register("exact_recovery")
class ExactRecoveryCallback(TrainerCallback):
    """
    Makes `--recover` end where the run would have ended without interruption, dropout on.

    AllenNLP's checkpoints hold the model, the optimizer and the schedulers, and a recovered run
    replays the order of the data. What they lack is kept here: the state of torch's random
    generators, which is put back just before the first training forward (after all that building
    the model and replaying drew from them); the metrics of the epochs before; and that a run had
    stopped early.

    Exact for one process that loads its data itself (`num_workers: 0`): of several processes, the
    state of the first alone is in the checkpoint, and order from loader workers is not
    reproducible.

    Registered as a `TrainerCallback` with name "exact_recovery".
    """

    def __init__(self, serialization_dir: str) -> None:
        super().__init__(serialization_dir)
        self._metrics: Dict[str, Any] = {}
        self._recovered: Optional[Dict[str, Any]] = None

    def state_dict(self) -> Dict[str, Any]:
        cuda: List[torch.Tensor] = torch.cuda.get_rng_state_all()
        return {"cpu": torch.get_rng_state(), "cuda": cuda, "metrics": dict(self._metrics)}

    def load_state_dict(self, state_dict: Dict[str, Any]) -> None:
        self._recovered = state_dict
        self._metrics = dict(state_dict["metrics"])

    def on_start(
        self, trainer: "GradientDescentTrainer", is_primary: bool = True, **kwargs: Any
    ) -> None:
        super().on_start(trainer, is_primary=is_primary, **kwargs)
        if self._recovered is None:
            return
        state = self._recovered

        def restore(module: torch.nn.Module, inputs: Any) -> None:
            if module.training:
                hook.remove()
                torch.set_rng_state(state["cpu"].cpu())
                if len(state["cuda"]) == torch.cuda.device_count():
                    torch.cuda.set_rng_state_all([generator.cpu() for generator in state["cuda"]])

        hook = trainer.model.register_forward_pre_hook(restore)
        if trainer._metric_tracker.should_stop_early():
            # AllenNLP asks this at the end of an epoch that it trains: it would train one more.
            trainer._num_epochs = trainer._start_after_epochs_completed

    def on_epoch(
        self,
        trainer: "GradientDescentTrainer",
        metrics: Dict[str, Any],
        epoch: int,
        is_primary: bool = True,
        **kwargs: Any,
    ) -> None:
        self._metrics = dict(metrics)

    def on_end(
        self,
        trainer: "GradientDescentTrainer",
        metrics: Optional[Dict[str, Any]] = None,
        epoch: Optional[int] = None,
        is_primary: bool = True,
        **kwargs: Any,
    ) -> None:
        if metrics is not None:
            # A run recovered after its last epoch has no metrics of its own.
            for name, value in self._metrics.items():
                metrics.setdefault(name, value)

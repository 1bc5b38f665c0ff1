from typing import TYPE_CHECKING, Any, Dict, Optional

from allennlp.common.checks import ConfigurationError
from allennlp.training.callbacks import TrainerCallback

from bio_ie.metrics.thresholds import Thresholds

if TYPE_CHECKING:
    from allennlp.training.gradient_descent_trainer import GradientDescentTrainer


@TrainerCallback.register("best_thresholds")
class BestThresholdsCallback(TrainerCallback):
    """
    Sets the thresholds of a model after every epoch to those that were best on the validation data,
    before the checkpoint is written. So an archive has the thresholds of its best epoch, and
    scoring test data does not change them.

    The callback is for `snerl` (BRAN's thresholds, one for each relation), for the classifiers of
    pairs of entities (`relvm_pair_classifier`, `sentence_attention`) and of sentences
    (`relvm_mention_classifier`, `sentence_classifier`, unless their config gives a `threshold`),
    and for `multitask_entity_linker` (one threshold for links).

    Raises `ConfigurationError` for another model.

    Registered as a `TrainerCallback` with name "best_thresholds".

    # Parameters

    serialization_dir : `str`
        Given by AllenNLP.
    shared : `bool`, optional (default = `False`)
        Whether all labels share one threshold.
    """

    def __init__(self, serialization_dir: str, shared: bool = False) -> None:
        super().__init__(serialization_dir)
        self._shared = shared

    def on_epoch(
        self,
        trainer: "GradientDescentTrainer",
        metrics: Dict[str, Any],
        epoch: int,
        is_primary: bool = True,
        **kwargs: Any,
    ) -> None:
        model: Any = trainer.model
        if not hasattr(model, "decision"):
            raise ConfigurationError(
                "the callback 'best_thresholds' is for a model with thresholds, such as 'snerl', "
                f"not for {type(model).__name__}"
            )
        # A model that uses no thresholds with its current settings has `None`.
        decision: Optional[Thresholds] = model.decision
        best = decision.best(self._shared) if decision is not None else None
        if decision is not None and best is not None:
            decision.set(best)

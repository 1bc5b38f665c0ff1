from typing import TYPE_CHECKING, Any, Dict, Optional, Protocol, runtime_checkable

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.training.callbacks import TrainerCallback

if TYPE_CHECKING:
    from allennlp.training.gradient_descent_trainer import GradientDescentTrainer


@runtime_checkable
class HasThresholds(Protocol):
    """A model that predicts facts or links from a probability on."""

    def best_thresholds(self, shared: bool) -> Optional[torch.Tensor]:
        """`[R]`, those of the highest F1 on what was scored last, if anything was: of each relation
        or, if `shared`, one of all."""

    def set_thresholds(self, thresholds: torch.Tensor) -> None:
        """Sets the probability from which on a fact of each relation is predicted, `[R]`."""


@TrainerCallback.register("best_thresholds")
class BestThresholdsCallback(TrainerCallback):
    """
    After every epoch gives a model the thresholds that were best on the validation data, before its
    checkpoint is written: so the thresholds of an archive are those of its best epoch, and scoring
    test data does not change them. For `snerl` (BRAN's thresholds, one for each relation), for the
    classifiers of pairs of entities, `relvm_pair_classifier` and `sentence_attention`, and for
    `multitask_entity_linker` (one for links).

    Raises `ConfigurationError` for another model.

    Registered as a `TrainerCallback` with name "best_thresholds".

    # Parameters

    serialization_dir : `str`
        Given by AllenNLP.
    shared : `bool`, optional (default = `False`)
        One threshold for all relations.
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
        model = trainer.model
        if not isinstance(model, HasThresholds):
            raise ConfigurationError(
                "the callback 'best_thresholds' is for a model with thresholds, such as 'snerl', "
                f"not for {type(model).__name__}"
            )
        thresholds = model.best_thresholds(self._shared)
        if thresholds is not None:
            model.set_thresholds(thresholds)

from typing import TYPE_CHECKING, Any, Dict

from allennlp.common.checks import ConfigurationError
from allennlp.training.callbacks import TrainerCallback

from bio_ie.models.snerl import Snerl

if TYPE_CHECKING:
    from allennlp.training.gradient_descent_trainer import GradientDescentTrainer


@TrainerCallback.register("fact_thresholds")
class FactThresholdsCallback(TrainerCallback):
    """
    After every epoch gives a `snerl` model the thresholds that were best on the validation data
    (BRAN's, one for each relation), before its checkpoint is written: so the thresholds of an
    archive are those of its best epoch, and scoring test data does not change them.

    Raises `ConfigurationError` for another model.

    Registered as a `TrainerCallback` with name "fact_thresholds".

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
        if not isinstance(model, Snerl):
            raise ConfigurationError("the callback 'fact_thresholds' is for the model 'snerl'")
        thresholds = model.best_thresholds(self._shared)
        if thresholds is not None:
            model.set_thresholds(thresholds)

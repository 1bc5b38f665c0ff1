"""The thresholds that probabilities must reach to be predicted, and the scores that choose them."""

from functools import partial
from typing import Any, Dict, Mapping, Optional, Sequence

import torch
from allennlp.common.checks import ConfigurationError

from bio_ie.metrics.threshold_f1 import ThresholdF1, at_least


class Thresholds(torch.nn.Module):
    """A label is predicted if its probability reaches the label's threshold.

    The thresholds are a buffer, so a trained archive contains them. Only the callback
    `best_thresholds` changes them: it sets the thresholds that were best on the validation data.
    Scoring test data does not change them.

    # Parameters

    labels : `Sequence[str]`
        The labels that can be predicted, by index: relations, classes, or a single label for links.
    initial : `float`, optional (default = `0.5`)
        The value of all thresholds before the callback sets others.
    fixed : `bool`, optional (default = `False`)
        Whether the config fixes the thresholds. Then an archive does not contain them, and `set`
        raises `ConfigurationError`.
    """

    thresholds: torch.Tensor
    """The threshold of each label, `[R]`."""

    def __init__(self, labels: Sequence[str], initial: float = 0.5, fixed: bool = False) -> None:
        super().__init__()
        values = torch.full((len(labels),), initial)
        self.register_buffer("thresholds", values, persistent=not fixed)
        self._fixed = fixed
        self._scores = ThresholdF1(labels)
        self._best: Dict[bool, torch.Tensor] = {}

    def reached(self, probability: torch.Tensor, label: torch.Tensor) -> torch.Tensor:
        """Whether items with these probabilities and labels, `[n]` each, are predicted."""
        return at_least(probability, self.thresholds[label])

    def count(
        self,
        probability: torch.Tensor,
        label: torch.Tensor,
        is_right: torch.Tensor,
        gold: Sequence[str],
    ) -> None:
        """Adds items to the scores; see `ThresholdF1`."""
        self._scores(label, probability, is_right, gold)

    def best(self, shared: bool = False) -> Optional[torch.Tensor]:
        """The thresholds with the highest F1 on the items that were counted before the last reset,
        `[R]`: one for each label or, if `shared`, the same for all. `None` before the first
        reset."""
        return self._best.get(shared)

    def set(self, thresholds: torch.Tensor) -> None:
        """Sets the thresholds, `[R]`."""
        if self._fixed:
            raise ConfigurationError(
                "the config gives a threshold, so the callback 'best_thresholds' cannot choose one"
            )
        self.thresholds.copy_(thresholds)

    def get_metric(self, reset: bool = False) -> Dict[str, float]:
        """The scores of `ThresholdF1` with these thresholds."""
        result = self._scores.get_metric(thresholds=self.thresholds)
        if reset:
            self.reset()
        return result

    def reset(self) -> None:
        """Forgets the counted items, but remembers the thresholds that are best for them."""
        self._best = {shared: self._scores.best_thresholds(shared) for shared in (False, True)}
        self._scores.reset()

    def _load_from_state_dict(self, state_dict: Any, prefix: str, *rest: Any) -> None:
        if self._fixed:  # the config may be an override of an archive that contains thresholds
            state_dict.pop(f"{prefix}thresholds", None)
        else:  # the model may have had no thresholds when it was trained
            state_dict.setdefault(f"{prefix}thresholds", self.thresholds)
        super()._load_from_state_dict(state_dict, prefix, *rest)


def load_under_earlier_names(module: torch.nn.Module, earlier: Mapping[str, str]) -> None:
    """Lets a module load the weights of earlier archives in which some weights have other names.

    # Parameters

    module : `torch.nn.Module`
    earlier : `Mapping[str, str]`
        From the name of a weight in earlier archives to its name today. Both names are relative to
        `module`.
    """

    module.register_load_state_dict_pre_hook(partial(_rename, dict(earlier)))


def _rename(
    earlier: Mapping[str, str],
    _: torch.nn.Module,
    state_dict: Dict[str, Any],
    prefix: str,
    *__: Any,
) -> None:
    for before, now in earlier.items():
        if prefix + before in state_dict:
            state_dict[prefix + now] = state_dict.pop(prefix + before)

"""Pools the scores of spans that have the same name."""

from typing import Callable, Dict, Optional

import torch
from allennlp.common.checks import ConfigurationError

from bio_ie.models.keci.span_names import same_names
from bio_ie.modules.poolings import Pooling
from bio_ie.modules.precision import at_least_single
from bio_ie.modules.ragged import row_counts
from bio_ie.modules.text_spans import TextSpans


class NamePooling(torch.nn.Module):
    """Pools the scores of all spans of a text with the same words, and of all pairs of spans with
    the same two names. Each span or pair then gets the pooled scores. Not in KECI.

    A text that repeats a name mostly means the same thing, and BioRelEx annotates the entities and
    interactions of names.

    # Parameters

    spans : `Pooling`, optional
        For entity scores: a pooling of logits, or of probabilities, which come from a softmax.
    pairs : `Pooling`, optional
        For relation scores: a pooling of logits or, if `of_softmax`, of probabilities.
    of_softmax : `bool`, optional (default = `True`)
        Whether the types of a pair exclude each other.
    """

    def __init__(
        self,
        spans: Optional[Pooling] = None,
        pairs: Optional[Pooling] = None,
        of_softmax: bool = True,
    ) -> None:
        super().__init__()
        for name, pooling in (("name_pooling", spans), ("name_pair_pooling", pairs)):
            is_of_probabilities = pooling is not None and pooling.domain == "probabilities"
            if is_of_probabilities and (pooling is spans or of_softmax):
                continue
            if pooling is not None:
                pooling.require_domain("logits", f"{name} of keci")
        self.spans = spans
        self.pairs = pairs

    def get_metrics(self) -> Dict[str, float]:
        """What is learned of the poolings: `name_temperature` and `name_pair_temperature` of
        `smax`."""
        return {
            f"{kind}_{name}": value
            for kind, pooling in (("name", self.spans), ("name_pair", self.pairs))
            if pooling is not None
            for name, value in pooling.get_metrics().items()
        }

    def names(self, word_keys: Optional[torch.Tensor], spans: TextSpans) -> Optional[torch.Tensor]:
        """Numbers the names of spans, `[S]`, if any pooling needs that (see `same_names`).

        # Parameters

        word_keys : `torch.Tensor`, optional
            `[B, N]`, a hash of each word.
        spans : `TextSpans`
        """
        if self.spans is None and self.pairs is None:
            return None
        if word_keys is None:
            raise ConfigurationError(
                "name_pooling and name_pair_pooling need a reader with word_keys: true"
            )
        return same_names(word_keys, spans)

    def entities(self, scores: torch.Tensor, names: Optional[torch.Tensor]) -> torch.Tensor:
        """Pools the entity scores `[S, types + 1]` of spans with the same `names` `[S]`."""
        if self.spans is None or names is None:
            return scores
        return _shared(self.spans, scores, names)

    def relations(
        self,
        scores: torch.Tensor,
        names: Optional[torch.Tensor],
        head: torch.Tensor,
        tail: torch.Tensor,
    ) -> torch.Tensor:
        """Pools the relation scores `[P, columns]` of pairs `head`, `tail` `[P]` of spans with the
        same two `names` `[S]`."""
        if self.pairs is None or names is None:
            return scores
        numbers = names[head] * (names.amax() + 1 if len(names) else 1) + names[tail]
        return _shared(self.pairs, scores, torch.unique(numbers, return_inverse=True)[1])


def _shared(pooling: Pooling, scores: torch.Tensor, segment: torch.Tensor) -> torch.Tensor:
    """Gives each item the pooled scores of its segment. Most segments have one item, and then the
    pooled scores are its own."""
    scores = at_least_single(scores)
    pool: Callable[..., torch.Tensor] = pooling
    if pooling.domain == "probabilities":
        scores, pool = scores.log_softmax(-1), pooling.of_logs
    shares = (row_counts(segment, len(segment)) > 1)[segment].nonzero().squeeze(1)
    repeated, place = torch.unique(segment[shares], return_inverse=True)
    pooled = pool(scores[shares], place, len(repeated))
    return scores.index_copy(0, shares, pooled[place])

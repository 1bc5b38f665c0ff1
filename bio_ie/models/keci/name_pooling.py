"""Spans of the same name share what is thought of each of them."""

from typing import Optional

import torch
from allennlp.common.checks import ConfigurationError

from bio_ie.models.keci.span_names import same_names
from bio_ie.modules.poolings import Pooling
from bio_ie.modules.precision import at_least_single
from bio_ie.modules.text_spans import TextSpans


class NamePooling(torch.nn.Module):
    """Pools the scores of all spans of a text with the same words, and those of all pairs of spans
    with the same two names; each of them gets what came of it. Not in KECI.

    A text that repeats a name mostly means the same thing, and BioRelEx's entities and interactions
    are those of names.

    # Parameters

    spans : `Pooling`, optional
        Of entity scores: of logits, or of probabilities, which are those of a softmax.
    pairs : `Pooling`, optional
        Of relation scores: of logits or, `of_softmax`, of probabilities.
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

    def names(self, word_keys: Optional[torch.Tensor], spans: TextSpans) -> Optional[torch.Tensor]:
        """`[S]`, the number of each span's name in its text, from 0, if any pooling needs it.

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
        """`[S, types + 1]`, from scores of the same shape and names `[S]`."""
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
        """`[P, columns]`, from scores of the same shape of pairs `head`, `tail` `[P]` of spans
        with `names` `[S]`."""
        if self.pairs is None or names is None:
            return scores
        numbers = names[head] * (names.amax() + 1 if len(names) else 1) + names[tail]
        return _shared(self.pairs, scores, torch.unique(numbers, return_inverse=True)[1])


def _shared(pooling: Pooling, scores: torch.Tensor, segment: torch.Tensor) -> torch.Tensor:
    """The pooled scores of each item's segment, as many as items."""
    if pooling.domain == "probabilities":
        pooled = pooling.of_logs(at_least_single(scores).log_softmax(-1), segment, len(scores))
    else:
        pooled = pooling(scores, segment, len(scores))
    return pooled[segment]

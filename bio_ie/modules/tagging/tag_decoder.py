"""Turns scores of tags into a loss, tags and probabilities."""

from typing import Optional

import torch
from allennlp.common import Registrable
from allennlp.common.checks import ConfigurationError
from allennlp.modules import ConditionalRandomField

from bio_ie.modules.tagging.linear_chain import (
    FORBIDDEN,
    log_partition,
    sequence_scores,
    viterbi,
)
from bio_ie.modules.tagging.tag_scheme import WordLabelScheme
from bio_ie.modules.text_spans import TextSpans, span_products


class TagDecoder(torch.nn.Module, Registrable):
    """Base of the tag decoders. Scores are `[B, N, T]`, masks `[B, N]` bool, tags `[B, N]`.

    # Parameters

    tag_scheme : `WordLabelScheme`
        Given by the model.
    """

    default_implementation = "argmax"

    def __init__(self, tag_scheme: WordLabelScheme) -> None:
        super().__init__()
        self.num_tags = len(tag_scheme.tags)

    def loss(
        self,
        scores: torch.Tensor,
        mask: torch.Tensor,
        tags: torch.Tensor,
        tag_weights: Optional[torch.Tensor] = None,
    ) -> torch.Tensor:
        """The negative log-likelihood of the tags, summed over real words (joint NER and RE, eq.
        2). A word whose tag is not known (negative) adds nothing. If `tag_weights` `[T]` is given,
        the other words count with the weights of their tags."""
        # These words are selected first, since padded ones would still cost their log-softmax.
        known = mask & (tags >= 0)
        return torch.nn.functional.cross_entropy(
            scores[known], tags[known], weight=tag_weights, reduction="sum"
        )

    def probabilities(self, scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """`[B, N, T]`, the probability of each tag at each word."""
        return scores.float().softmax(-1)

    @torch.no_grad()
    def span_probabilities(
        self, scores: torch.Tensor, mask: torch.Tensor, tags: torch.Tensor, spans: TextSpans
    ) -> torch.Tensor:
        """`[S]`, the product of the probabilities of the tags of a span's words."""
        probabilities = self.probabilities(scores, mask)
        return span_products(probabilities.gather(2, tags.unsqueeze(2)).squeeze(2), spans)

    def forward(self, scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """The predicted tags, `[B, N]`; no gradient."""
        raise NotImplementedError


@TagDecoder.register("argmax")
class ArgmaxTagDecoder(TagDecoder):
    """The best tag of each word by itself (joint NER and RE). The sequences may be ill-formed; see
    `TagScheme` for the entities in them.

    Registered as a `TagDecoder` with name "argmax".
    """

    def forward(self, scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return scores.argmax(-1)


@TagDecoder.register("constrained")
class ConstrainedTagDecoder(TagDecoder):
    """The best well-formed tag sequence; trained like `argmax`.

    Registered as a `TagDecoder` with name "constrained".
    """

    transitions: torch.Tensor

    def __init__(self, tag_scheme: WordLabelScheme) -> None:
        super().__init__(tag_scheme)
        count = len(tag_scheme.tags)
        transitions = torch.full((count + 2, count + 2), FORBIDDEN)
        for before, after in tag_scheme.allowed_transitions():
            transitions[before, after] = 0.0
        self.register_buffer("transitions", transitions, persistent=False)

    def forward(self, scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        return viterbi(scores, mask, self.transitions)


@TagDecoder.register("crf")
class CrfTagDecoder(TagDecoder):
    """A linear-chain conditional random field, decoded to well-formed sequences only. It is fast
    for a thousand tags too. Where some tags are not known, the likelihood is that of all sequences
    that agree with the known tags. Tags have no weights.

    Registered as a `TagDecoder` with name "crf".
    """

    def __init__(self, tag_scheme: WordLabelScheme) -> None:
        super().__init__(tag_scheme)
        # Only for its parameters: AllenNLP's recurrences add up each pair of tags of each row.
        self.crf = ConditionalRandomField(self.num_tags, tag_scheme.allowed_transitions())

    def loss(
        self,
        scores: torch.Tensor,
        mask: torch.Tensor,
        tags: torch.Tensor,
        tag_weights: Optional[torch.Tensor] = None,
    ) -> torch.Tensor:
        if tag_weights is not None:
            raise ConfigurationError("the tag decoder 'crf' does not support weights of tags")
        is_known = tags >= 0
        partition = self._log_partition(scores, mask)
        if bool((is_known | ~mask).all()):
            given = (self.crf.transitions, self.crf.start_transitions, self.crf.end_transitions)
            part = sequence_scores(scores, mask, tags.clamp(min=0), *given)
        else:
            is_other = torch.ones_like(scores, dtype=torch.bool)
            is_other = is_other.scatter(2, tags.clamp(min=0).unsqueeze(2), False)
            possible = scores.masked_fill(is_other & is_known.unsqueeze(2), FORBIDDEN)
            part = self._log_partition(possible, mask)
        return (partition - part).sum()

    def probabilities(self, scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Marginals: the gradient of the log-partition with respect to the scores."""
        with torch.enable_grad():
            scores = scores.detach().float().requires_grad_()
            (marginals,) = torch.autograd.grad(self._log_partition(scores, mask).sum(), scores)
        return marginals.detach()

    def forward(self, scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        count = self.num_tags
        transitions = scores.new_full((count + 2, count + 2), FORBIDDEN)
        transitions[:count, :count] = self.crf.transitions
        transitions[count, :count] = self.crf.start_transitions
        transitions[:count, count + 1] = self.crf.end_transitions
        transitions = torch.where(self.crf._constraint_mask > 0, transitions, FORBIDDEN)
        return viterbi(scores, mask, transitions)

    def _log_partition(self, scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        crf = self.crf
        return log_partition(
            scores, mask, crf.transitions, crf.start_transitions, crf.end_transitions
        )

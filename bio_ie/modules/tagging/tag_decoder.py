"""How scores of tags become a loss, tags, and probabilities."""

from typing import Optional

import torch
from allennlp.common import Registrable
from allennlp.common.checks import ConfigurationError
from allennlp.modules import ConditionalRandomField

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
        """The negative log-likelihood of the tags, summed over real words (paper 2, eq. 2). A word
        whose tag is not known (negative) adds nothing; others count by the weights `[T]`, if there
        are any."""
        # Selecting these words first: padded ones would still cost their log-softmax.
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
    """The best tag of each word by itself (paper 2). Ill-formed sequences may come out; see
    `WordLabelScheme` for the entities in them.

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
    """A linear-chain conditional random field (AllenNLP's), decoded to well-formed sequences only.
    Where tags are not known, the likelihood is that of all sequences with those that are. Tags have
    no weights.

    Registered as a `TagDecoder` with name "crf".
    """

    def __init__(self, tag_scheme: WordLabelScheme) -> None:
        super().__init__(tag_scheme)
        self.crf = ConditionalRandomField(self.num_tags, tag_scheme.allowed_transitions())

    def loss(
        self,
        scores: torch.Tensor,
        mask: torch.Tensor,
        tags: torch.Tensor,
        tag_weights: Optional[torch.Tensor] = None,
    ) -> torch.Tensor:
        if tag_weights is not None:
            raise ConfigurationError("a 'crf' gives no weights to tags")
        scores = scores.float()
        is_known = tags >= 0
        if bool((is_known | ~mask).all()):
            return -self.crf(scores, tags.clamp(min=0), mask)
        is_other = torch.ones_like(scores, dtype=torch.bool)
        is_other = is_other.scatter(2, tags.clamp(min=0).unsqueeze(2), False)
        possible = scores.masked_fill(is_other & is_known.unsqueeze(2), FORBIDDEN)
        partition, part = (
            self.crf._input_likelihood(given, self.crf.transitions, mask)  # type: ignore[arg-type]
            for given in (scores, possible)
        )
        return (partition - part).sum()

    def probabilities(self, scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        """Marginals: the gradient of the log-partition with respect to the scores."""
        with torch.enable_grad():
            scores = scores.detach().float().requires_grad_()
            partition = self.crf._input_likelihood(
                scores,
                self.crf.transitions,
                mask,  # type: ignore[arg-type]
            ).sum()
            (marginals,) = torch.autograd.grad(partition, scores)
        return marginals.detach()

    def forward(self, scores: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        count = self.num_tags
        transitions = scores.new_full((count + 2, count + 2), FORBIDDEN)
        transitions[:count, :count] = self.crf.transitions
        transitions[count, :count] = self.crf.start_transitions
        transitions[:count, count + 1] = self.crf.end_transitions
        transitions = torch.where(self.crf._constraint_mask > 0, transitions, FORBIDDEN)
        return viterbi(scores, mask, transitions)


FORBIDDEN = -10000.0
"""The score of a transition that may not be; as in AllenNLP, finite in half precision too."""


@torch.no_grad()
def viterbi(scores: torch.Tensor, mask: torch.Tensor, transitions: torch.Tensor) -> torch.Tensor:
    """The best tag sequences of a batch at once; the recurrence runs over words, not over rows.

    # Parameters

    scores : `torch.Tensor`
        `[B, N, T]`.
    mask : `torch.Tensor`
        `[B, N]`, bool; real words are at the front of a row.
    transitions : `torch.Tensor`
        `[T + 2, T + 2]`, from row to column; index `T` is the start, `T + 1` the end.

    # Returns

    `torch.Tensor`
        `[B, N]`, tag indices; 0 at padding.
    """
    scores = scores.float()
    transitions = transitions.float()
    num_tags = scores.size(-1)
    between = transitions[:num_tags, :num_tags]
    best = scores[:, 0] + transitions[num_tags, :num_tags]  # [B, T]
    stay = torch.arange(num_tags, device=scores.device).expand_as(best)
    pointers = []
    for word in range(1, scores.size(1)):
        reached, pointer = (best.unsqueeze(2) + between).max(dim=1)
        real = mask[:, word].unsqueeze(1)
        best = torch.where(real, reached + scores[:, word], best)
        # Padding points at itself, so that the way back passes it unchanged.
        pointers.append(torch.where(real, pointer, stay))
    tag = (best + transitions[:num_tags, num_tags + 1]).argmax(-1)  # [B]
    path = [tag]
    for pointer in reversed(pointers):
        tag = pointer.gather(1, tag.unsqueeze(1)).squeeze(1)
        path.append(tag)
    return torch.stack(path[::-1], dim=1) * mask

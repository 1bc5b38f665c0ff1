"""The base of the knowledge fusions, which add knowledge of concepts to the vectors of a text."""

from typing import ClassVar

import torch
from allennlp.common import Registrable

from bio_ie.modules.knowledge_fusions.candidate_attention import Fused


class KnowledgeFusion(torch.nn.Module, Registrable):
    """
    Adds knowledge of the concepts that the spans of a text may mean, in one of two places:
    `fuse_tokens` changes the encoder's token vectors before anything else reads them, `fuse_spans`
    changes the span vectors. A model calls both methods; the one that an implementation does not
    override changes nothing. `fuses_tokens` and `fuses_spans` say which one changes something.

    The concepts that spans may mean are given as a flat list of links between spans and concepts,
    so nothing is padded to the largest number of candidates. A span without links, a text without
    spans and a batch without concepts are ordinary cases; an implementation still computes, so that
    every parameter keeps a defined gradient.

    A model that uses a fusion takes a `Lazy[KnowledgeFusion]` and gives the three sizes; the rest
    is configuration.

    # Parameters

    token_dim, span_dim, concept_dim : `int`
        Sizes of the vectors of a token, of a span and of a concept. Fused vectors have the size of
        the vectors that they replace.
    """

    fuses_tokens: ClassVar[bool] = False
    fuses_spans: ClassVar[bool] = False

    def __init__(self, token_dim: int, span_dim: int, concept_dim: int) -> None:
        super().__init__()
        self.token_dim = token_dim
        self.span_dim = span_dim
        self.concept_dim = concept_dim

    def fuse_tokens(
        self,
        tokens: torch.Tensor,
        spans: torch.Tensor,
        concepts: torch.Tensor,
        links: torch.Tensor,
    ) -> Fused:
        """
        # Parameters

        tokens : `torch.Tensor`
            Shape `[B, W, token_dim]`; padding may hold anything finite and influences nothing else.
        spans : `torch.Tensor`
            Shape `[N, 3]`, int64, rows ascending: row, first and last token of each span that takes
            part, usually the spans with links.
        concepts : `torch.Tensor`
            Shape `[C, concept_dim]`.
        links : `torch.Tensor`
            Shape `[P, 2]`, int64, in any order: a span and a concept that it may mean. A concept
            may be linked to spans of several texts.

        # Returns

        `Fused`
            `vectors` of shape `[B, W, token_dim]`.
        """
        return _unchanged(tokens)

    def fuse_spans(self, spans: torch.Tensor, concepts: torch.Tensor, links: torch.Tensor) -> Fused:
        """
        # Parameters

        spans : `torch.Tensor`
            Shape `[N, span_dim]`, the spans of all texts. Each is fused on its own, so padding may
            be among them.
        concepts, links : `torch.Tensor`
            As above.

        # Returns

        `Fused`
            `vectors` of shape `[N, span_dim]`.
        """
        return _unchanged(spans)


def _unchanged(vectors: torch.Tensor) -> Fused:
    return Fused(vectors, link_weights=None, sentinel_weights=None)

"""The probability of each word of a sentence among all words of the vocabulary (equation 4)."""

from itertools import pairwise
from typing import List, Optional

import torch
from allennlp.common.checks import ConfigurationError
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from bio_ie.modules.precision import at_least_single


class VocabularySoftmax(torch.nn.Module):
    """A softmax over words, `p(v | h) ~ exp((W h) . e(v))` (Shah and Fauqueur 2020, equation 4):
    the output weights are the input vectors of words.

    Words are given flat, without padding. At most `max_logits` scores exist at one time, in
    training too. If there are more, they are computed in parts, and again in the backward pass.

    With `adaptive_cutoffs`, words are in clusters by index. This is an order by frequency in a
    vocabulary that AllenNLP has counted. Words below the first cutoff are in the head, together
    with one vector for each further cluster. The probability of a rare word is the probability of
    its cluster times that of the word within the cluster. So only the scores of the head are
    computed for every word, and for a rare word those of its own cluster too.

    # Parameters

    input_dim : `int`
        The size of h.
    embedding_dim : `int`
        The size of e(v).
    max_logits : `int`, optional (default = `2 ** 25`)
        The number of scores that are held at once, which take a few numbers of memory each.
    adaptive_cutoffs : `List[int]`, optional
        The first index of each cluster after the head, ascending. By default there is one softmax
        over all words.
    """

    def __init__(
        self,
        input_dim: int,
        embedding_dim: int,
        max_logits: int = 2**25,
        adaptive_cutoffs: Optional[List[int]] = None,
    ) -> None:
        super().__init__()
        if max_logits < 1:
            raise ConfigurationError(f"max_logits must be positive, not {max_logits}")
        cutoffs = adaptive_cutoffs or []
        if any(second <= first for first, second in pairwise([0, *cutoffs])):
            raise ConfigurationError(f"adaptive_cutoffs must be positive and ascend, not {cutoffs}")
        self.projection = torch.nn.Linear(input_dim, embedding_dim, bias=False)  # W
        self.cluster_vectors = None
        if cutoffs:
            clusters = torch.randn(len(cutoffs), embedding_dim) / embedding_dim**0.5
            self.cluster_vectors = torch.nn.Parameter(clusters)
        self._cutoffs = cutoffs
        self._max_logits = max_logits

    def require_words(self, num_words: int) -> None:
        """Raises `ConfigurationError` if a cluster would be empty in a vocabulary of this size."""
        if self._cutoffs and self._cutoffs[-1] >= num_words:
            raise ConfigurationError(
                f"the vocabulary has {num_words} words, so there are none in the last cluster of "
                f"adaptive_cutoffs {self._cutoffs}"
            )

    def forward(
        self, hidden: torch.Tensor, words: torch.Tensor, embeddings: torch.Tensor
    ) -> torch.Tensor:
        """
        # Parameters

        hidden : `torch.Tensor`
            h, `[n, input_dim]`.
        words : `torch.Tensor`
            `[n]`, the index of the word to predict.
        embeddings : `torch.Tensor`
            `[V, embedding_dim]`.

        # Returns

        `torch.Tensor`
            `[n]`, the logarithms of the words' probabilities, in single precision at least.
        """
        vectors = self.projection(hidden)
        if self.cluster_vectors is None:
            return self._log_probabilities(vectors, embeddings, words)
        # Split at once, because each slice would have a gradient of the size of all embeddings.
        ends = [*self._cutoffs, len(embeddings)]
        frequent, *rare = embeddings.split([end - start for start, end in pairwise([0, *ends])])
        head = torch.cat([frequent, self.cluster_vectors.to(embeddings)])
        cutoffs = torch.tensor(self._cutoffs, device=words.device)
        # `bucketize` warns about tensors that are not contiguous.
        cluster = torch.bucketize(words.contiguous(), cutoffs, right=True)  # 0: in the head
        in_head = torch.where(cluster == 0, words, self._cutoffs[0] - 1 + cluster)
        log_p = self._log_probabilities(vectors, head, in_head)
        for number, (first, members) in enumerate(zip(self._cutoffs, rare, strict=True), 1):
            place = (cluster == number).nonzero().squeeze(1)
            within = self._log_probabilities(vectors[place], members, words[place] - first)
            log_p = log_p.scatter_add(0, place, within)
        return log_p

    def _log_probabilities(
        self, vectors: torch.Tensor, weights: torch.Tensor, targets: torch.Tensor
    ) -> torch.Tensor:
        at_once = max(self._max_logits // len(weights), 1)
        if len(vectors) <= at_once:
            return _log_probabilities(vectors, weights, targets)
        parts = zip(vectors.split(at_once), targets.split(at_once), strict=True)
        return torch.cat(
            [
                checkpoint(
                    _log_probabilities,
                    part_vectors,
                    weights,
                    part_targets,
                    use_reentrant=False,
                    preserve_rng_state=False,
                )
                for part_vectors, part_targets in parts
            ]
        )


def _log_probabilities(
    vectors: torch.Tensor, weights: torch.Tensor, targets: torch.Tensor
) -> torch.Tensor:
    scores = at_least_single(vectors @ weights.t())
    return -functional.cross_entropy(scores, targets, reduction="none")

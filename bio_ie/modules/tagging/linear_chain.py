"""The recurrences of a linear chain of tags: the sum over all sequences, and the best sequence.

Scores are `[B, N, T]`, masks `[B, N]` bool, with real words at the front of a row. `transitions[i,
j]` is the score of tag `j` after tag `i`. A loop runs over words, never over rows or tags.
"""

from typing import Tuple

import torch

FORBIDDEN = -10000.0
"""The score of a forbidden transition; as in AllenNLP, finite in half precision too."""

MAX_TAGS_IN_FULL = 128
"""With more tags, it is cheaper to find out first which tags can lead to a best sequence."""


def log_partition(
    scores: torch.Tensor,
    mask: torch.Tensor,
    transitions: torch.Tensor,
    starts: torch.Tensor,
    ends: torch.Tensor,
) -> torch.Tensor:
    """The log of the sum of exp(score) over all tag sequences, for each row, by the forward
    algorithm,

        alpha_n(j) = s_nj + log sum_i exp(alpha_{n-1}(i) + t_ij)

    exp(alpha - max alpha) exp(t) is a product of matrices, so no `[B, T, T]` tensor is ever made.
    Transitions whose scores are more than 87 below the highest, and tags more than 87 below the
    best, count as nothing, because their exp underflows in float32.

    # Parameters

    scores : `torch.Tensor`
        `[B, N, T]`.
    mask : `torch.Tensor`
        `[B, N]`, bool.
    transitions : `torch.Tensor`
        `[T, T]`.
    starts, ends : `torch.Tensor`
        `[T]`, scores of tags at the start and at the end.

    # Returns

    `torch.Tensor`
        `[B]`, in float32.
    """
    # In half precision the product would lose the accuracy that the logarithms keep.
    with torch.autocast(scores.device.type, enabled=False):
        words = scores.float().unbind(1)
        highest = transitions.detach().max()
        weights = (transitions - highest).exp()
        smallest = torch.finfo(weights.dtype).tiny
        alpha = words[0] + starts  # [B, T]
        for word in range(1, len(words)):
            best = alpha.detach().amax(1, keepdim=True)
            reached = torch.matmul((alpha - best).exp(), weights).clamp(min=smallest).log()
            following = reached + (best + highest) + words[word]
            alpha = torch.where(mask[:, word].unsqueeze(1), following, alpha)
        return (alpha + ends).logsumexp(1)


def sequence_scores(
    scores: torch.Tensor,
    mask: torch.Tensor,
    tags: torch.Tensor,
    transitions: torch.Tensor,
    starts: torch.Tensor,
    ends: torch.Tensor,
) -> torch.Tensor:
    """The scores `[B]` of the given sequences `tags` `[B, N]`. See `log_partition` for the other
    parameters."""
    of_words = scores.float().gather(2, tags.unsqueeze(2)).squeeze(2)
    between = transitions[tags[:, :-1], tags[:, 1:]]
    last = tags.gather(1, mask.sum(1, keepdim=True) - 1).squeeze(1)
    inner = (of_words * mask).sum(1) + (between * mask[:, 1:]).sum(1)
    return inner + starts[tags[:, 0]] + ends[last]


@torch.no_grad()
def viterbi(scores: torch.Tensor, mask: torch.Tensor, transitions: torch.Tensor) -> torch.Tensor:
    """The best tag sequences of a batch,

        v_n(j) = s_nj + max_i (v_{n-1}(i) + t_ij)

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
    lowest, highest = between.amin(1), between.amax(1)
    for word in range(1, scores.size(1)):
        if num_tags > MAX_TAGS_IN_FULL:
            reached, pointer = _best_predecessors(best, between, lowest, highest)
        else:
            reached, pointer = (best.unsqueeze(2) + between).max(dim=1)
        real = mask[:, word].unsqueeze(1)
        best = torch.where(real, reached + scores[:, word], best)
        # Each tag of padding points at itself, so that the way back does not change there.
        pointers.append(torch.where(real, pointer, stay))
    tag = (best + transitions[:num_tags, num_tags + 1]).argmax(-1)  # [B]
    path = [tag]
    for pointer in reversed(pointers):
        tag = pointer.gather(1, tag.unsqueeze(1)).squeeze(1)
        path.append(tag)
    return torch.stack(path[::-1], dim=1) * mask


def _best_predecessors(
    best: torch.Tensor, between: torch.Tensor, lowest: torch.Tensor, highest: torch.Tensor
) -> Tuple[torch.Tensor, torch.Tensor]:
    """Computes `max_i (best_i + between_ij)` and its `i`, both `[B, T]`, for `best` `[B, T]`.

    The result is exact, although it tries only those tags `i` that can be best for some `j`. A tag
    cannot if its score with the `highest` of its transitions is below the score of the top tag with
    the `lowest` of the top tag's transitions. Of a thousand concepts few are left."""
    top, at = best.max(dim=1, keepdim=True)
    may_win = best + highest >= top + lowest[at]
    count = int(may_win.sum(1).max())
    values, tags = best.masked_fill(~may_win, float("-inf")).topk(count, dim=1)
    reached, pointer = (values.unsqueeze(2) + between[tags]).max(dim=1)
    return reached, tags.gather(1, pointer)

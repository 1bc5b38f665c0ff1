"""The recurrences of a linear chain of tags: the sum over all sequences, and the best of them.

Scores are `[B, N, T]`, masks `[B, N]` bool, with real words at the front of a row. `transitions[i,
j]` is the score of tag `j` after tag `i`. A loop runs over words, never over rows or tags.
"""

from typing import Tuple

import torch

FORBIDDEN = -10000.0
"""The score of a transition that may not be; as in AllenNLP, finite in half precision too."""

MAX_TAGS_IN_FULL = 128
"""With more, it costs less to look first which can lead to a best sequence."""


def log_partition(
    scores: torch.Tensor,
    mask: torch.Tensor,
    transitions: torch.Tensor,
    starts: torch.Tensor,
    ends: torch.Tensor,
) -> torch.Tensor:
    """The log of the sum over all tag sequences of exp(their score), a row each: the forward
    algorithm,

        alpha_n(j) = s_nj + log sum_i exp(alpha_{n-1}(i) + t_ij)

    As exp(alpha - max alpha) exp(t) is a product of matrices, no `[B, T, T]` is ever made.
    Transitions whose scores are more than 87 below the highest, and tags more than 87 below the
    best, count as nothing, as float32 has it.

    # Parameters

    scores : `torch.Tensor`
        `[B, N, T]`.
    mask : `torch.Tensor`
        `[B, N]`, bool.
    transitions : `torch.Tensor`
        `[T, T]`.
    starts, ends : `torch.Tensor`
        `[T]`, of tags at the start and at the end.

    # Returns

    `torch.Tensor`
        `[B]`, in float32.
    """
    # In half precision the product would lose what the logs are to keep.
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
    """The scores of given sequences, `tags` `[B, N]`; as in `log_partition`, `[B]`."""
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
            reached, pointer = _reach_from_the_best(best, between, lowest, highest)
        else:
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


def _reach_from_the_best(
    best: torch.Tensor, between: torch.Tensor, lowest: torch.Tensor, highest: torch.Tensor
) -> Tuple[torch.Tensor, torch.Tensor]:
    """Of `best` `[B, T]`, `max_i (best_i + between_ij)` and the `i`, both `[B, T]`. Exact, but over
    those tags alone from which any tag may be reached best: a tag `i` that, with the `highest` of
    its transitions, is below the best tag with the `lowest` of that one's transitions, is none. Of
    a thousand concepts few are left."""
    top, at = best.max(dim=1, keepdim=True)
    may_win = best + highest >= top + lowest[at]
    count = int(may_win.sum(1).max())
    values, tags = best.masked_fill(~may_win, float("-inf")).topk(count, dim=1)
    reached, pointer = (values.unsqueeze(2) + between[tags]).max(dim=1)
    return reached, tags.gather(1, pointer)

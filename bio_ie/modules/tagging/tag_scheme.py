"""What the tags of a BIOES or BIO vocabulary mean, as tensors, so that decoding is vectorised."""

from typing import List, NamedTuple, Sequence, Tuple

import torch
from allennlp.common.checks import ConfigurationError


class EntityRuns(NamedTuple):
    """Entities of tagged sentences, seen from their last words. All `[B, N]`."""

    is_last: torch.Tensor
    """Whether an entity ends at this word."""
    start: torch.Tensor
    """The first word of the run that this word is in (meaningful where a run is)."""
    type: torch.Tensor
    """The entity type's index; -1 outside entities."""


class TagScheme(torch.nn.Module):
    """Tables over the tags of a vocabulary: `O`, and `B-`, `I-`, `E-`, `S-` of each type.

    An entity is a longest run of words of one type in which every word but the first is tagged
    `I` or `E` and every word but the last `B` or `I`. For a well-formed sequence these are exactly
    its entities; in an ill-formed one, such as `I-Drug E-Drug`, no word tagged as part of an
    entity is left out of the entities.

    # Parameters

    tags : `Sequence[str]`
        All tags, in the order of their indices.
    """

    continues: torch.Tensor
    continued: torch.Tensor
    tag_type: torch.Tensor

    def __init__(self, tags: Sequence[str]) -> None:
        super().__init__()
        self.tags = list(tags)
        parsed = [_parse(tag) for tag in tags]
        self.types: List[str] = sorted({type_ for _, type_ in parsed if type_})
        type_index = {type_: index for index, type_ in enumerate(self.types)}
        # Derived from the vocabulary: not part of a checkpoint.
        for name, values in {
            "tag_type": torch.tensor([type_index.get(type_, -1) for _, type_ in parsed]),
            "continues": torch.tensor([prefix in "IE" for prefix, _ in parsed]),
            "continued": torch.tensor([prefix in "BI" for prefix, _ in parsed]),
        }.items():
            self.register_buffer(name, values, persistent=False)
        self._prefixes = [prefix for prefix, _ in parsed]

    def entity_runs(self, tags: torch.Tensor, mask: torch.Tensor) -> EntityRuns:
        """The entities of tag sequences.

        # Parameters

        tags : `torch.Tensor`
            `[B, N]`, tag indices.
        mask : `torch.Tensor`
            `[B, N]`, bool; real words.
        """
        types = self.tag_type[tags].masked_fill(~mask, -1)  # [B, N]
        joins = (
            (types[:, 1:] == types[:, :-1])
            & (types[:, 1:] >= 0)
            & self.continues[tags[:, 1:]]
            & self.continued[tags[:, :-1]]
        )  # [B, N - 1], whether a word is in one entity with the word before it
        edge = joins.new_zeros(len(tags), 1)
        joins_before = torch.cat([edge, joins], dim=1)
        joins_after = torch.cat([joins, edge], dim=1)
        positions = torch.arange(tags.size(1), device=tags.device).expand_as(tags)
        start = positions.masked_fill(joins_before, 0).cummax(dim=1).values
        return EntityRuns(is_last=(types >= 0) & ~joins_after, start=start, type=types)

    def allowed_transitions(self) -> List[Tuple[int, int]]:
        """Pairs of tag indices that may follow each other, with the start (`T`) and the end
        (`T + 1`) of a sentence, as `ConditionalRandomField` takes them."""
        bioes = any(prefix in "ES" for prefix in self._prefixes)
        count = len(self.tags)
        allowed = []
        for index, prefix in enumerate(self._prefixes):
            if prefix in "OBS":
                allowed.append((count, index))
            if prefix in "OES" or not bioes:
                allowed.append((index, count + 1))
            for following, next_prefix in enumerate(self._prefixes):
                inside = next_prefix in "IE"
                same = self.tag_type[index] == self.tag_type[following]
                if (inside and prefix in "BI" and same) or (
                    not inside and (not bioes or prefix in "OES")
                ):
                    allowed.append((index, following))
        return allowed


def _parse(tag: str) -> Tuple[str, str]:
    prefix, _, type_ = tag.partition("-")
    if tag == "O":
        return "O", ""
    if prefix not in ("B", "I", "E", "S") or not type_:
        raise ConfigurationError(f"{tag!r} is no BIOES or BIO tag")
    return prefix, type_

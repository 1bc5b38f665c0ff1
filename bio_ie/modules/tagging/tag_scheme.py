"""Schemes that say which labels of words form entities, as tensors, for vectorised decoding."""

import itertools
from typing import List, NamedTuple, Sequence, Tuple

import torch
from allennlp.common.checks import ConfigurationError


class EntityRuns(NamedTuple):
    """The entities of tagged sentences, marked at their last words. All tensors are `[B, N]`."""

    is_last: torch.Tensor
    """Whether an entity ends at this word."""
    start: torch.Tensor
    """The first word of the run that this word is in (has a meaning inside of runs only)."""
    type: torch.Tensor
    """The index of the entity type; -1 outside entities."""


class WordLabelScheme(torch.nn.Module):
    """Base of the schemes of word labels, which say which words together are an entity.

    # Parameters

    tags : `Sequence[str]`
        All labels, in the order of their indices.
    types : `Sequence[str]`
        The types of entities, in the order of their indices.
    tag_type : `Sequence[int]`
        For each label the index of its type; -1 for labels outside of entities.
    """

    tag_type: torch.Tensor

    def __init__(self, tags: Sequence[str], types: Sequence[str], tag_type: Sequence[int]) -> None:
        super().__init__()
        self.tags = list(tags)
        self.types = list(types)
        # Derived from the vocabulary, so not part of a checkpoint.
        self.register_buffer("tag_type", torch.tensor(tag_type), persistent=False)

    def joins(self, tags: torch.Tensor) -> torch.Tensor:
        """Whether each word but the first continues the entity of the word before it, provided that
        both are of one type: `[B, N - 1]`, for tags `[B, N]`."""
        raise NotImplementedError

    def allowed_transitions(self) -> List[Tuple[int, int]]:
        """Pairs of tag indices that may follow each other, as `ConditionalRandomField` takes them.
        `T` is the start of a sentence, `T + 1` its end."""
        raise NotImplementedError

    def entity_runs(self, tags: torch.Tensor, mask: torch.Tensor) -> EntityRuns:
        """The entities of tag sequences.

        # Parameters

        tags : `torch.Tensor`
            `[B, N]`, tag indices.
        mask : `torch.Tensor`
            `[B, N]`, bool; real words.
        """
        types = self.tag_type[tags].masked_fill(~mask, -1)  # [B, N]
        joins = (types[:, 1:] == types[:, :-1]) & (types[:, 1:] >= 0) & self.joins(tags)
        edge = joins.new_zeros(len(tags), 1)
        joins_before = torch.cat([edge, joins], dim=1)
        joins_after = torch.cat([joins, edge], dim=1)
        positions = torch.arange(tags.size(1), device=tags.device).expand_as(tags)
        start = positions.masked_fill(joins_before, 0).cummax(dim=1).values
        return EntityRuns(is_last=(types >= 0) & ~joins_after, start=start, type=types)


class TagScheme(WordLabelScheme):
    """Tables over the tags of a BIOES or BIO vocabulary: `O`, and `B-`, `I-`, `E-`, `S-` of each
    type.

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

    def __init__(self, tags: Sequence[str]) -> None:
        parsed = [_parse(tag) for tag in tags]
        types = sorted({type_ for _, type_ in parsed if type_})
        type_index = {type_: index for index, type_ in enumerate(types)}
        super().__init__(tags, types, [type_index.get(type_, -1) for _, type_ in parsed])
        for name, values in {
            "continues": torch.tensor([prefix in "IE" for prefix, _ in parsed]),
            "continued": torch.tensor([prefix in "BI" for prefix, _ in parsed]),
        }.items():
            self.register_buffer(name, values, persistent=False)
        self._prefixes = [prefix for prefix, _ in parsed]

    def joins(self, tags: torch.Tensor) -> torch.Tensor:
        return self.continues[tags[:, 1:]] & self.continued[tags[:, :-1]]

    def allowed_transitions(self) -> List[Tuple[int, int]]:
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


class PlainLabelScheme(WordLabelScheme):
    """Labels that do not mark positions: an entity is a longest run of words of one label other
    than `O` (multi-task linking, section 2.1). Its type is the label, with the label's index.

    # Parameters

    tags : `Sequence[str]`
        All labels, in the order of their indices.
    """

    def __init__(self, tags: Sequence[str]) -> None:
        tag_type = [-1 if tag == "O" else index for index, tag in enumerate(tags)]
        super().__init__(tags, tags, tag_type)

    def joins(self, tags: torch.Tensor) -> torch.Tensor:
        return torch.ones_like(tags[:, 1:], dtype=torch.bool)

    def allowed_transitions(self) -> List[Tuple[int, int]]:
        count = len(self.tags)
        pairs = itertools.product(range(count + 1), [*range(count), count + 1])
        # No sentence is empty, so the end never follows the start.
        return [pair for pair in pairs if pair != (count, count + 1)]


def _parse(tag: str) -> Tuple[str, str]:
    prefix, _, type_ = tag.partition("-")
    if tag == "O":
        return "O", ""
    if prefix not in ("B", "I", "E", "S") or not type_:
        raise ConfigurationError(f"{tag!r} is not a BIOES or BIO tag")
    return prefix, type_

"""Which concepts of different vocabularies are one, by their cross-references."""

from collections import defaultdict
from typing import Any, Callable, Dict, List, Sequence, Set, Tuple

from bio_ie.knowledge.concept_ids import split_id
from bio_ie.knowledge.statements import REFERENCE


def merge_concepts(
    execute: Callable[..., Any], merge_by: Sequence[str]
) -> Tuple[List[Tuple[str, str]], int]:
    """Reads the staging tables: concepts that are linked by an id with one of the prefixes, as
    somebody's own or alternate id, directly or through others, belong together. No group is
    merged that holds two concepts of one vocabulary, since at most one of them can be meant.

    # Returns

    `Tuple[List[Tuple[str, str]], int]`
        Each id that is given up and the one that takes its place, which is that of the earliest
        source; and the number of concepts in groups that were not merged.
    """
    groups = _Groups()
    for prefix in merge_by:
        # The own id of a concept counts as a claim to it.
        claims = execute(
            "SELECT DISTINCT item.id, item.concept FROM stage.alternate_id item "
            "JOIN stage.own ON own.id = item.concept "
            f"WHERE own.rank < {REFERENCE} AND item.id >= ? AND item.id < ? ORDER BY 1, 2",
            _range(prefix),
        )
        for id, concept in claims:
            groups.join(f"id {id}", f"concept {concept}")
            groups.note(concept)
            if execute(
                f"SELECT 1 FROM stage.own WHERE id = ? AND rank < {REFERENCE}", [id]
            ).fetchone():
                groups.join(f"id {id}", f"concept {id}")
                groups.note(id)
    moves: List[Tuple[str, str]] = []
    unmerged = 0
    for concepts in groups.groups():
        if len(concepts) < 2:
            continue
        vocabularies = [split_id(concept)[0] for concept in concepts]
        if len(set(vocabularies)) < len(vocabularies):
            unmerged += len(concepts)
            continue
        places = [
            (execute("SELECT source FROM stage.own WHERE id = ?", [concept]).fetchone()[0], concept)
            for concept in concepts
        ]
        _, kept = min(places)
        moves.extend((concept, kept) for concept in sorted(concepts) if concept != kept)
    return moves, unmerged


def _range(prefix: str) -> Tuple[str, str]:
    """Between which ids lie those with the prefix; a CUI has none, but for its `C`."""
    return ("C0", "C:") if prefix == "UMLS" else (f"{prefix}:", f"{prefix};")


class _Groups:
    """Disjoint sets of ids."""

    def __init__(self) -> None:
        self._parents: Dict[str, str] = {}
        self._concepts: Set[str] = set()

    def note(self, concept: str) -> None:
        self._concepts.add(concept)

    def join(self, one: str, other: str) -> None:
        self._parents[self._root(one)] = self._root(other)

    def _root(self, item: str) -> str:
        self._parents.setdefault(item, item)
        while self._parents[item] != item:
            self._parents[item] = item = self._parents[self._parents[item]]
        return item

    def groups(self) -> List[List[str]]:
        groups: Dict[str, List[str]] = defaultdict(list)
        for concept in sorted(self._concepts):
            groups[self._root(f"concept {concept}")].append(concept)
        return sorted(groups.values())

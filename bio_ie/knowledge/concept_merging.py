"""Finds concepts of different vocabularies that are the same, by their cross-references."""

from collections import defaultdict
from typing import Any, Callable, Dict, List, Sequence, Set, Tuple

from bio_ie.knowledge.concept_ids import split_id
from bio_ie.knowledge.statements import REFERENCE


def merge_concepts(
    execute: Callable[..., Any], merge_by: Sequence[str]
) -> Tuple[List[Tuple[str, str]], int]:
    """Finds the groups of concepts in the staging tables that are merged to one concept.

    Two concepts belong to the same group if they share an id with one of the prefixes `merge_by`,
    which may be the own id or an alternate id of each. They also belong to the same group if a
    chain of such concepts connects them. A group with two concepts of the same vocabulary is not
    merged, because at most one of these two can be meant.

    # Returns

    `Tuple[List[Tuple[str, str]], int]`
        For each id that is given up, this id and the id that replaces it, which is the id of the
        concept from the earliest source; and the number of concepts in groups that were not merged.
    """
    groups = _Groups()
    for prefix in merge_by:
        # A concept also claims its own id.
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
    """The bounds of the ids with a prefix in alphabetical order, the upper one exclusive. A CUI has
    no prefix, but begins with `C`."""
    return ("C0", "C:") if prefix == "UMLS" else (f"{prefix}:", f"{prefix};")


class _Groups:
    """Disjoint sets of concepts and ids (union-find)."""

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

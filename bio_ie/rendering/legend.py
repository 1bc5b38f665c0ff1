"""Which annotation types a page has, how often, and the look of each."""

from collections import Counter
from typing import Dict, Iterable, List, Sequence, Tuple

from bio_ie.rendering.escaping import escape
from bio_ie.rendering.view import MISSED, DocumentView, Shown

COLOURS = 8
"""Colours of the style sheet; further types repeat them with other line patterns."""

PATTERNS = 3

KINDS = {"mentions": "Mention types", "relations": "Relation types", "facts": "Fact types"}


class Legend:
    """Counts of the types in `views`; the commonest type of a kind gets its first colour.

    A type has three CSS classes: what it is (`t0`; `r0` for a relation, `f0` for a fact), its
    colour (`c0`) and its line pattern (`p0`).
    """

    def __init__(self, views: Iterable[DocumentView]) -> None:
        self.counts: Dict[str, Counter[str]] = {kind: Counter() for kind in KINDS}
        for view in views:
            for kind, counter in self.counts.items():
                shown: Sequence[Shown] = getattr(view, kind)
                counter.update(
                    entry.item.type for entry in shown if entry.counted and entry.verdict != MISSED
                )
                counter.update({entry.item.type: 0 for entry in shown})
        self._classes = {
            kind: {type_: _classes(kind, rank) for rank, (type_, _) in enumerate(self.ranked(kind))}
            for kind in KINDS
        }

    def ranked(self, kind: str) -> List[Tuple[str, int]]:
        """The types with their counts, commonest first, ties by name."""
        return sorted(self.counts[kind].items(), key=lambda pair: (-pair[1], pair[0]))

    def classes(self, kind: str, type_: str) -> str:
        return self._classes[kind][type_]

    def html(self) -> str:
        return "".join(self._section(kind, title) for kind, title in KINDS.items())

    def _section(self, kind: str, title: str) -> str:
        if not self.counts[kind]:
            return ""
        entries = []
        for type_, count in self.ranked(kind):
            classes = self.classes(kind, type_)
            entries.append(
                f'<li><button type="button" class="type {classes}" aria-pressed="true" '
                f'data-hides="{classes.split()[0]}"><i class="swatch"></i>'
                f"<bdi>{escape(type_)}</bdi><output>{count:,}</output></button></li>"
            )
        return (
            f'<section class="legend {kind}"><h3>{title}</h3><ul>{"".join(entries)}</ul></section>'
        )


def _classes(kind: str, rank: int) -> str:
    letter = {"mentions": "t", "relations": "r", "facts": "f"}[kind]
    # Relations take the colours from the other end, so that few types of both kinds differ.
    colour = rank % COLOURS if kind == "mentions" else COLOURS - 1 - rank % COLOURS
    return f"{letter}{rank} c{colour} p{rank // COLOURS % PATTERNS}"

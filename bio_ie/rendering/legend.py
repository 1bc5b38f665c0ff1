"""The annotation types of a page, with the count and the look of each."""

from collections import Counter
from typing import Dict, Iterable, List, Sequence, Tuple

from bio_ie.rendering.escaping import escape
from bio_ie.rendering.view import MISSED, DocumentView, Shown

COLOURS = 8
"""The number of colours in the style sheet. Further types use the same colours with other line
patterns."""

PATTERNS = 3

KINDS = {"mentions": "Mention types", "relations": "Relation types", "facts": "Fact types"}


class Legend:
    """Counts the types in `views` and gives each type its look. The most frequent type of a kind
    gets the first colour.

    A type has three CSS classes: the type itself (`t0` for mentions, `r0` for relations, `f0` for
    facts), its colour (`c0`) and its line pattern (`p0`).
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
        """The types with their counts, most frequent first, ties by name."""
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
    # Relations and facts take the colours from the other end, so that with few types, mentions and
    # relations have different colours.
    colour = rank % COLOURS if kind == "mentions" else COLOURS - 1 - rank % COLOURS
    return f"{letter}{rank} c{colour} p{rank // COLOURS % PATTERNS}"

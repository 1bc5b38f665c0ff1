"""How PubTator and BioC files write the knowledge-base ids of a mention in one string."""

import re
from functools import lru_cache
from typing import Any, Dict, Optional, Sequence, Tuple

DEFAULT_PREFIXES = ("UMLS:",)

_NO_ID = frozenset(("", "-", "-1"))

_SEPARATOR = re.compile(r"[|,;]")

_VARIANT = re.compile(r"tmVar:|[a-z]\|[A-Z]*\|")
"""A sequence variant (`p|SUB|S|369|R`): its bars are no separators."""


class ConceptIdNotation:
    """Splits `A|B`, `A,B` and `A;B` into ids, `-1`, `-` and the empty string into none, and joins
    ids again so that splitting gives them back.

    # Parameters

    strip_prefixes : `Sequence[str]`
        Prefixes that the knowledge base does not use. They are removed; `read` remembers them.
    """

    def __init__(self, strip_prefixes: Sequence[str] = DEFAULT_PREFIXES) -> None:
        self.strip_prefixes = tuple(strip_prefixes)

    def split(self, notation: str) -> Tuple[str, ...]:
        return _split(notation, self.strip_prefixes)

    def join(self, concept_ids: Tuple[str, ...]) -> Optional[str]:
        """The first of `A|B`, `A,B` and `A;B` that splits into `concept_ids`; `None` if an id
        itself has separators or a stripped prefix."""
        for separator in "|,;":
            notation = separator.join(concept_ids)
            if self.split(notation) == concept_ids:
                return notation
        return None

    def read(
        self, notation: str, without_ids: Optional[str] = None
    ) -> Tuple[Tuple[str, ...], Optional[Dict[str, Any]]]:
        """The ids of `notation` and the metadata that is needed to write it as it was: none if
        that is what `write` does anyway."""
        concept_ids = self.split(notation)
        usual = self.join(concept_ids) if concept_ids else without_ids
        return concept_ids, None if notation == usual else {"identifier": notation}

    def write(
        self,
        concept_ids: Tuple[str, ...],
        metadata: Optional[Dict[str, Any]],
        without_ids: Optional[str] = None,
    ) -> Optional[str]:
        """The notation that was read, as long as it still says `concept_ids`; else the usual one;
        `without_ids` where there is no id; `None` for ids that no notation can hold."""
        notation = (metadata or {}).get("identifier")
        if isinstance(notation, str) and self.split(notation) == concept_ids:
            return notation
        return self.join(concept_ids) if concept_ids else without_ids


@lru_cache(maxsize=1 << 16)
def _split(notation: str, prefixes: Tuple[str, ...]) -> Tuple[str, ...]:
    if notation in _NO_ID:
        return ()
    parts = [notation] if _VARIANT.match(notation) else _SEPARATOR.split(notation)
    concept_ids = []
    for part in map(str.strip, parts):
        prefix = next((prefix for prefix in prefixes if part.startswith(prefix)), "")
        concept_id = part[len(prefix) :]
        if concept_id not in _NO_ID:
            concept_ids.append(concept_id)
    return tuple(concept_ids)

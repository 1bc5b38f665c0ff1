"""The notation of PubTator and BioC files for the concept ids of a mention in one string."""

import re
from functools import lru_cache
from typing import Any, Dict, Optional, Sequence, Tuple

from bio_ie.data.corpora.sequence_variants import is_variant, split_variants

DEFAULT_PREFIXES = ("UMLS:",)

_NO_ID = frozenset(("", "-", "-1"))

_SEPARATOR = re.compile(r"[|,;]")


class ConceptIdNotation:
    """Splits a string with concept ids into ids, and joins ids to such a string.

    The ids in `A|B`, `A,B` and `A;B` are `A` and `B`; `-1`, `-` and the empty string mean that
    there is no id. Splitting a joined string gives the same ids. The bars of a sequence variant
    (`p|SUB|S|369|R`) do not separate ids.

    # Parameters

    strip_prefixes : `Sequence[str]`
        Prefixes that the knowledge base does not use. They are removed from ids. `read` keeps them
        in the metadata.
    """

    def __init__(self, strip_prefixes: Sequence[str] = DEFAULT_PREFIXES) -> None:
        self.strip_prefixes = tuple(strip_prefixes)

    def split(self, notation: str) -> Tuple[str, ...]:
        return _split(notation, self.strip_prefixes)

    def join(self, concept_ids: Tuple[str, ...]) -> Optional[str]:
        """The first of `A|B`, `A,B` and `A;B` that `split` splits into `concept_ids`. The result is
        `None` if an id itself has separators or a stripped prefix."""
        for separator in "|,;":
            notation = separator.join(concept_ids)
            if self.split(notation) == concept_ids:
                return notation
        return None

    def read(
        self, notation: str, without_ids: Optional[str] = None
    ) -> Tuple[Tuple[str, ...], Optional[Dict[str, Any]]]:
        """The ids in `notation`, and metadata with which `write` gives back the same `notation`.
        The metadata is `None` if `write` does that without metadata."""
        concept_ids = self.split(notation)
        usual = self.join(concept_ids) if concept_ids else without_ids
        return concept_ids, None if notation == usual else {"identifier": notation}

    def write(
        self,
        concept_ids: Tuple[str, ...],
        metadata: Optional[Dict[str, Any]],
        without_ids: Optional[str] = None,
    ) -> Optional[str]:
        """A string for some concept ids.

        This is the notation that was read, if it still has the same ids, and otherwise the result
        of `join`. If there are no ids, it is `without_ids`. If no notation can hold the ids, it is
        `None`.
        """
        notation = (metadata or {}).get("identifier")
        if isinstance(notation, str) and self.split(notation) == concept_ids:
            return notation
        return self.join(concept_ids) if concept_ids else without_ids


@lru_cache(maxsize=1 << 16)
def _split(notation: str, prefixes: Tuple[str, ...]) -> Tuple[str, ...]:
    if notation in _NO_ID:
        return ()
    parts = split_variants(notation) if is_variant(notation) else _SEPARATOR.split(notation)
    concept_ids = []
    for part in map(str.strip, parts):
        prefix = next((prefix for prefix in prefixes if part.startswith(prefix)), "")
        concept_id = part[len(prefix) :]
        if concept_id not in _NO_ID:
            concept_ids.append(concept_id)
    return tuple(concept_ids)

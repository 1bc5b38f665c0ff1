"""What relations between two entities are called where they are classes."""

from typing import Sequence

NO_RELATION = "NO-RELATION"
"""The class of two entities that are not related."""

RELATION_LABELS = "relation_labels"
"""The namespace of these classes."""


def pair_label(types: Sequence[str]) -> str:
    """The class of two related entities that are known by their types alone (RELVM, section
    4.3): both types in capitals, in the order of the alphabet. `CHEMICAL-DISEASE`."""
    return "-".join(sorted(type_.upper() for type_ in types))

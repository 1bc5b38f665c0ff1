"""The names of relations between two entities, where relations are classes to predict."""

from typing import Sequence

NO_RELATION = "NO-RELATION"
"""The class of two entities that are not related."""

RELATION_LABELS = "relation_labels"
"""The vocabulary namespace of the classes."""


def pair_label(types: Sequence[str]) -> str:
    """The class of two related entities, which is made of their types alone (RELVM, section 4.3):
    both types in capitals, in alphabetical order, such as `CHEMICAL-DISEASE`."""
    return "-".join(sorted(type_.upper() for type_ in types))

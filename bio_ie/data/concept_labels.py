"""Labels for mentions of one or several concepts, and the concepts of such labels."""

import re
from typing import Optional, Sequence, Tuple

_BAR = re.compile(r"(?<!\\)\|")


def concept_label(concept_ids: Sequence[str]) -> Optional[str]:
    """The label of a mention of these concepts. Several concepts give `A|B`, in alphabetical order.
    No concepts give `None`. A bar that is part of an id is written with a backslash."""
    ids = sorted({concept_id.replace("|", r"\|") for concept_id in concept_ids})
    return "|".join(ids) or None


def label_concepts(label: str) -> Tuple[str, ...]:
    """The concepts of a label."""
    return tuple(part.replace(r"\|", "|") for part in _BAR.split(label))

"""Several types of a mention that are joined to one by commas, as MedMentions joins them."""

import re
from dataclasses import replace
from typing import Any, List, Mapping, Tuple, TypeVar

from bio_ie.files.bad_items import BadItem
from bio_ie.files.corpus_error import quoted
from bio_ie.text.document import Mention

Item = TypeVar("Item", bound=Tuple[Any, ...])

_JOINED = re.compile(r"T\d{3}(,T\d{3})+").fullmatch


def member_types(type_: str) -> Tuple[str, ...]:
    """The types that a type stands for: `("T116", "T123")` for `"T116,T123"`. Any other type than
    joined semantic types of UMLS stands for itself."""
    return tuple(type_.split(",")) if _JOINED(type_) else (type_,)


def by_member_type(item: Item) -> List[Item]:
    """An item of a metric for each of the types that its type, which is its last element, stands
    for."""
    members = member_types(item[-1])
    if len(members) == 1:
        return [item]
    make: Any = getattr(item, "_make", tuple)  # a named tuple, or a plain one
    return [make((*item[:-1], member)) for member in members]


def with_one_type(mention: Mention, mentions_of: Mapping[str, int]) -> Mention:
    """The mention with the rarest of its types. All of them are kept as `metadata["types"]`.

    Raises `BadItem` if there are only commas.

    # Parameters

    mention : `Mention`
    mentions_of : `Mapping[str, int]`
        The number of mentions of each type. Of equally rare types, and of types that it lacks, the
        first one counts.
    """
    types = [type_ for type_ in mention.type.split(",") if type_]
    if not types:
        raise BadItem("mention without a type", quoted(mention.type))
    rarest = min(types, key=lambda type_: mentions_of.get(type_, 0))
    if rarest == mention.type:
        return mention
    return replace(mention, type=rarest, metadata={**(mention.metadata or {}), "types": types})

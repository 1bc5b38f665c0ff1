"""A shard: some documents in a row of one input file, and what is known of them."""

from collections import Counter
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Dict, Iterable, List, Mapping, NamedTuple, Optional

from bio_ie.files.failures import Failure
from bio_ie.text.document import Document

COUNTED = ("documents", "mentions", "links", "relations", "facts")


class ShardKey(NamedTuple):
    """The place of a shard.

    # Parameters

    input : `int`
        The number of the input file, from 0.
    number : `int`
        The number of the shard among those of the file, from 0.
    """

    input: int
    number: int

    def __str__(self) -> str:
        return f"{self.input:05d}/{self.number:05d}"


@dataclass
class Shard:
    """What a shard's manifest says.

    # Parameters

    first : `int`
        How many items of the input file come before the shard. Items are documents, and failures in
        the place of documents.
    items : `int`
        The number of items of the shard.
    counts : `Dict[str, int]`
        The numbers of documents, mentions, links, relations and facts.
    failures : `List[Failure]`
        The documents that could not be read or annotated.
    steps : `Dict[str, Dict[str, int]]`
        For each step of the pipeline, how many mentions, links, relations and facts it gave.
    seconds : `Dict[str, float]`
        The time of reading, and of each step.
    files : `Dict[str, int]`
        The files of the shard with their sizes in bytes.
    position : `float`, optional
        The share of the input file that had been read at the end of the shard, if it is known.
    written : `float`
        When the shard was written, in seconds since 1970.
    """

    first: int
    items: int
    counts: Dict[str, int] = field(default_factory=dict)
    failures: List[Failure] = field(default_factory=list)
    steps: Dict[str, Dict[str, int]] = field(default_factory=dict)
    seconds: Dict[str, float] = field(default_factory=dict)
    files: Dict[str, int] = field(default_factory=dict)
    position: Optional[float] = None
    written: float = 0.0

    def to_json(self) -> Dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Shard":
        """Raises `TypeError`, `KeyError` or `ValueError` if the value is no manifest."""
        known = {field_.name for field_ in fields(cls)}
        values = {name: part for name, part in dict(value).items() if name in known}
        failures = [Failure(item["id"], item["error"]) for item in values.pop("failures", ())]
        return cls(**values, failures=failures)


def counts_of(documents: Iterable[Document]) -> Dict[str, int]:
    """The numbers of documents, mentions, links, relations and facts."""
    counts: Counter[str] = Counter(dict.fromkeys(COUNTED, 0))
    for document in documents:
        counts["documents"] += 1
        counts["mentions"] += len(document.mentions)
        counts["links"] += sum(len(mention.concept_ids) for mention in document.mentions)
        counts["relations"] += len(document.relations)
        counts["facts"] += len(document.facts)
    return dict(counts)

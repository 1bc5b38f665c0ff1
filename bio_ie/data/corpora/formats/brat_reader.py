"""Reads the lines of a brat `.ann` file."""

import re
from collections import defaultdict
from dataclasses import replace
from typing import Any, DefaultDict, Dict, FrozenSet, List, Optional, Set, Tuple

from bio_ie.data.corpora.formats.brat_writer import CONCEPT, flat
from bio_ie.data.corpora.mention_texts import check_mention_text
from bio_ie.files.bad_items import BadItem
from bio_ie.files.corpus_error import quoted
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.source import Source
from bio_ie.text.document import Document, DocumentError, Mention, Relation, Span

_NOT_OURS = {"E": "events", "A": "attributes", "M": "attributes", "#": "notes"}
"""Lines of brat that a `Document` cannot hold, by the first letter of their id."""


class BratAnnotations:
    """Collects the annotations of the files of one text, whose lines may refer to lines below them
    and to earlier files.

    # Parameters

    document : `Document`
        The text, without annotations.
    symmetric : `FrozenSet[str]`
        The types of relations that are undirected.
    default_type : `str`, optional (default = `None`)
        The type of mentions without one.
    """

    def __init__(
        self, document: Document, symmetric: FrozenSet[str], default_type: Optional[str] = None
    ) -> None:
        self._document = document
        self._default_type = default_type
        self._symmetric = symmetric
        self._mentions: Dict[str, Mention] = {}
        self._relations: List[Relation] = []
        self._relation_ids: Set[str] = set()
        self._concepts: DefaultDict[str, List[Tuple[str, str]]] = defaultdict(list)
        self._entity: Dict[str, str] = {}

    def read(self, source: Source) -> None:
        rest: List[Tuple[int, str]] = []
        for number, line in enumerate(source.lines(), 1):
            if line.startswith("T"):
                self._line(source, number, line)
            elif line.strip():
                rest.append((number, line))
        for number, line in rest:
            self._line(source, number, line)

    def _line(self, source: Source, number: int, line: str) -> None:
        read = {"T": self._mention, "R": self._relation, "N": self._concept, "*": self._equivalent}
        try:
            if line[0] in read:
                lost = read[line[0]](line.split("\t"), source.report)
            else:
                lost = _NOT_OURS.get(line[0])
                if lost is None:
                    raise BadItem("unknown kind of line", quoted(line))
        except (BadItem, DocumentError) as error:
            reason = error.reason if isinstance(error, BadItem) else "mention does not fit the text"
            detail = error.detail if isinstance(error, BadItem) else error.reason
            source.problem(reason, detail, number, self._document.id)
            return
        if lost:
            example = str(source.error(quoted(line), number, self._document.id))
            source.report.lose(f"{lost} cannot be read", example)

    def document(self) -> Document:
        return replace(
            self._document,
            mentions=tuple(map(self._complete, self._mentions.values())),
            relations=tuple(self._relations),
        )

    def _complete(self, mention: Mention) -> Mention:
        """The mention with the annotations that other lines add to it."""
        concepts = self._concepts[mention.id]
        names = [name for _, name in concepts]
        text = flat(self._document.text_of(mention))
        return replace(
            mention,
            concept_ids=tuple(concept_id for concept_id, _ in concepts),
            entity_id=self._entity.get(mention.id),
            metadata={"names": names} if any(name != text for name in names) else None,
        )

    # Each of these methods reads one kind of line. It returns a description of what was lost, or
    # `None` if nothing was lost.

    def _mention(self, columns: List[str], report: CorpusReport) -> Optional[str]:
        if len(columns) != 3 or " " not in columns[1]:
            raise BadItem("a T line needs an id, a type with offsets, and a text", quoted(columns))
        mention_id, (type_, _, places) = columns[0], columns[1].partition(" ")
        type_ = type_ or self._default_type or ""
        if not type_:
            raise BadItem("mention without a type", mention_id)
        if mention_id in self._mentions:
            raise BadItem("annotation id is used twice", mention_id)
        spans = [_span(place) for place in places.split(";")]
        hull = (min(spans)[0], max(end for _, end in spans))
        fragments = tuple(sorted(spans)) if len(spans) > 1 else ()
        mention = Mention(mention_id, *hull, type_, fragments=fragments)
        self._document.check_mention(mention)
        parts = [self._document.text[start:end] for start, end in spans]
        whole = self._document.text[mention.start : mention.end]
        check_mention_text(columns[2], parts, places, report, whole)
        self._mentions[mention_id] = mention
        return None

    def _relation(self, columns: List[str], _: CorpusReport) -> Optional[str]:
        parts = columns[1].split(" ") if len(columns) > 1 else []
        arguments = [part.partition(":") for part in parts[1:] if part]
        if len(arguments) != 2 or not all(colon for _, colon, _ in arguments):
            raise BadItem("an R line needs an id, a type and two arguments", quoted(columns))
        if columns[0] in self._relation_ids:
            raise BadItem("annotation id is used twice", columns[0])
        self._relation_ids.add(columns[0])
        roles, mentions = [role for role, _, _ in arguments], [target for *_, target in arguments]
        if any(target.startswith("E") for target in mentions):
            return "relations of events"
        self._check_targets(mentions)
        directed = parts[0] not in self._symmetric
        pairs = list(zip(mentions, roles, strict=True))
        if not directed:  # a document puts the earlier mention first, so its role must come first
            pairs.sort(key=lambda pair: self._mentions[pair[0]].span)
        (head, head_role), (tail, tail_role) = pairs
        metadata: Optional[Dict[str, Any]] = None
        if roles != ["Arg1", "Arg2"]:
            metadata = {"roles": [head_role, tail_role]}
        self._relations.append(Relation(parts[0], head, tail, directed=directed, metadata=metadata))
        return None

    def _concept(self, columns: List[str], _: CorpusReport) -> Optional[str]:
        parts = columns[1].split(" ", 2) if len(columns) > 1 else []
        if len(parts) != 3 or parts[2] in ("", CONCEPT):
            raise BadItem("an N line needs an id, a target and a reference", quoted(columns))
        if parts[1].startswith("E"):
            return "concept ids of events"
        self._check_targets(parts[1:2])
        name = columns[2] if len(columns) > 2 else ""
        self._concepts[parts[1]].append((parts[2].removeprefix(CONCEPT), name))
        return None

    def _equivalent(self, columns: List[str], _: CorpusReport) -> Optional[str]:
        parts = columns[1].split() if len(columns) > 1 else []
        if len(parts) < 3 or parts[0] != "Equiv":
            raise BadItem("a * line needs Equiv and two or more ids", quoted(columns))
        members = parts[1:]
        if any(member.startswith("E") for member in members):
            return "equivalences of events"
        self._check_targets(members)
        # Groups that share a mention are the same entity.
        known = [self._entity[member] for member in members if member in self._entity]
        entity_id = known[0] if known else members[0]
        self._entity.update((member, entity_id) for member in members)
        for member, other in self._entity.items():
            if other in known:
                self._entity[member] = entity_id
        return None

    def _check_targets(self, targets: List[str]) -> None:
        unknown = [target for target in targets if target not in self._mentions]
        if unknown:
            raise BadItem("unknown relation argument", ", ".join(map(repr, unknown)))


def _span(place: str) -> Span:
    match = re.fullmatch(r"([0-9]{1,11}) ([0-9]{1,11})", place)
    if match is None:
        raise BadItem("offsets are not two whole numbers", quoted(place))
    return int(match[1]), int(match[2])

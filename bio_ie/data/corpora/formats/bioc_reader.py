"""Turns a `bioc.BioCDocument` into a `Document`."""

from dataclasses import replace
from typing import Any, Dict, Iterator, List, Optional, Sequence, Set, Tuple

import bioc

from bio_ie.data.corpora.concept_id_notation import ConceptIdNotation
from bio_ie.data.corpora.formats.infons import metadata_of, read_infons, take_score, take_text
from bio_ie.files.bad_items import BadItem, skippable
from bio_ie.files.corpus_error import quoted
from bio_ie.files.source import Source
from bio_ie.text.document import Document, Fact, Mention, Passage, Relation, Span

_LONGEST_GAP = 10_000_000
"""The longest gap between passages, in characters. Without a limit, a broken offset could take all
memory."""

ARGUMENTS = ("entity1", "entity2")
"""The infons with the two concepts of a relation without nodes, as in BioRED."""


class BiocReader:
    """Turns BioC documents into `Document`s, one at a time.

    # Parameters

    source : `Source`
    ids : `ConceptIdNotation`
    identifier_keys : `Sequence[str]`
        Infons of an annotation that can hold concept ids, the usual one first.
    """

    def __init__(
        self, source: Source, ids: ConceptIdNotation, identifier_keys: Sequence[str]
    ) -> None:
        self._source = source
        self._ids = ids
        self._identifier_keys = identifier_keys
        self._place: Dict[str, Any] = {}

    def read(
        self, document: bioc.BioCDocument, document_id: str, line: Optional[int] = None
    ) -> Document:
        """Turns a BioC document into a `Document`. Items that cannot be read go to
        `source.problem`. Raises `BadItem` if the document as a whole cannot be read."""
        self._place = {"document_id": document_id, "line": line}
        metadata = metadata_of(read_infons(document.infons))
        result, passages = self._texts(document, document_id)
        result = replace(result, metadata=metadata)
        mentions: Dict[str, Mention] = {}
        for annotation in _all("annotations", document, passages):
            with skippable(self._source, **self._place):
                mention = self._mention(annotation, result)
                if mention is not None and mention.id in mentions:
                    raise BadItem("an annotation id is used twice", mention.id)
                if mention is not None:
                    mentions[mention.id] = mention
        relations: List[Relation] = []
        facts: List[Fact] = []
        others = {str(relation.id) for relation in _all("relations", document, passages)}
        for relation in _all("relations", document, passages):
            with skippable(self._source, **self._place):
                item = self._relation(relation, mentions, others)
                if isinstance(item, Relation):
                    relations.append(item)
                elif item is not None:
                    facts.append(item)
        return replace(
            result,
            mentions=tuple(mentions.values()),
            relations=tuple(relations),
            facts=tuple(facts),
        )

    # Text

    def _texts(
        self, document: bioc.BioCDocument, document_id: str
    ) -> Tuple[Document, List[bioc.BioCPassage]]:
        """The document without annotations, and the passages whose annotations are to be read."""
        text = ""
        readable: List[bioc.BioCPassage] = []
        passages: List[Passage] = []
        sentences: List[Span] = []
        for passage in sorted(document.passages, key=lambda passage: _number(passage.offset)):
            with skippable(self._source, **self._place):
                infons = read_infons(passage.infons)
                passage_text = _passage_text(passage)
                grown = _grown(text, passage.offset, passage_text, "\n")
                text = grown
                readable.append(passage)
                type_ = take_text(infons, "type")
                if passage_text and (type_ is not None or infons):
                    metadata = metadata_of(infons) or None
                    passages.append(Passage(type_ or "", passage.offset, len(text), metadata))
                sentences.extend(self._sentences(passage, text))
        return Document(document_id, text, tuple(passages), tuple(sentences)), readable

    def _sentences(self, passage: bioc.BioCPassage, text: str) -> List[Span]:
        result: List[Span] = []
        for sentence in passage.sentences:
            with skippable(self._source, **self._place):
                start, end = sentence.offset, sentence.offset + len(sentence.text or "")
                if text[start:end] != (sentence.text or ""):
                    raise BadItem("sentence text differs from the passage", f"at offset {start}")
                if start < max(passage.offset, result[-1][1] if result else 0):
                    raise BadItem("sentences overlap or are out of order", f"at offset {start}")
                if start < end:
                    result.append((start, end))
                if read_infons(sentence.infons):
                    self._lose("infons of a sentence")
        return result

    # Annotations

    def _mention(self, annotation: bioc.BioCAnnotation, document: Document) -> Optional[Mention]:
        mention_id = _name(annotation.id, "an annotation")
        infons = read_infons(annotation.infons)
        if not annotation.locations:
            self._lose("annotations without a location")
            return None
        type_ = take_text(infons, "type")
        if type_ is None:
            raise BadItem("annotation without a type", mention_id)
        spans = [
            (_number(location.offset), _number(location.offset) + _number(location.length))
            for location in annotation.locations
        ]
        key = next((key for key in self._identifier_keys if key in infons), None)
        notation = take_text(infons, key) if key else None
        entity_id, score = take_text(infons, "entity_id"), take_score(infons)
        metadata = metadata_of(infons)
        concept_ids: Tuple[str, ...] = ()
        if notation is not None:
            concept_ids, remembered = self._ids.read(notation)
            metadata.update(remembered or {})
            if key != self._identifier_keys[0]:
                metadata["identifier_key"] = key
        elif _is_text_list(metadata.get("concept_ids")):
            concept_ids = tuple(metadata.pop("concept_ids"))
        mention = Mention(
            mention_id, min(spans)[0], max(spans)[1], type_, concept_ids, entity_id,
            tuple(sorted(spans)) if len(spans) > 1 else (), score, metadata or None,
        )  # fmt: skip
        document.check_mention(mention)
        _check_text(annotation.text, mention, spans, document)
        return mention

    # Relations

    def _relation(
        self, relation: bioc.BioCRelation, mentions: Dict[str, Mention], others: Set[str]
    ) -> Any:
        infons = read_infons(relation.infons)
        if not relation.nodes:
            return self._fact(infons)
        refids = [_name(node.refid, "a relation's node") for node in relation.nodes]
        unknown = [refid for refid in refids if refid not in mentions]
        if len(refids) != 2 or (unknown and others.issuperset(unknown)):
            self._lose("relations of other than two annotations")
            return None
        if unknown:
            raise BadItem("unknown relation argument", ", ".join(map(repr, unknown)))
        type_ = _relation_type(infons)
        score = take_score(infons)
        roles = [str(node.role) for node in relation.nodes]
        directed = infons.get("directed") != "false"
        if not directed:
            del infons["directed"]
            pairs = sorted(zip(refids, roles, strict=True), key=lambda pair: mentions[pair[0]].span)
            refids, roles = ([pair[side] for pair in pairs] for side in (0, 1))
        metadata = metadata_of(infons)
        if roles == ["tail", "head"]:
            refids.reverse()
        elif roles != ["head", "tail"]:
            metadata["roles"] = roles
        return Relation(type_, refids[0], refids[1], score, directed, metadata or None)

    def _fact(self, infons: Dict[str, Any]) -> Optional[Fact]:
        """The fact of a relation without nodes. Its two concepts are the infons `entity1` and
        `entity2`, or (as in BC5CDR) the two infons besides its type, whose keys are the roles."""
        type_, score = _relation_type(infons), take_score(infons)
        roles = list(ARGUMENTS if ARGUMENTS[0] in infons else infons)
        if len(roles) != 2 or not all(isinstance(infons.get(role), str) for role in roles):
            self._lose("relations without annotations or concepts")
            return None
        head, tail = (infons.pop(role) for role in roles)
        metadata = metadata_of(infons)
        if tuple(roles) != ARGUMENTS:
            metadata["roles"] = roles
        return Fact(type_, head, tail, score, metadata or None)

    def _lose(self, reason: str) -> None:
        """Counts content of BioC that a `Document` cannot hold. This is not an error."""
        example = str(self._source.error(reason, **self._place))
        self._source.report.lose(f"{reason} cannot be read", example)


def _all(
    layer: str, document: bioc.BioCDocument, passages: List[bioc.BioCPassage]
) -> Iterator[Any]:
    for passage in passages:
        for sentence in passage.sentences:
            yield from getattr(sentence, layer)
        yield from getattr(passage, layer)
    yield from getattr(document, layer)


def _passage_text(passage: bioc.BioCPassage) -> str:
    """The text of a passage, or the texts of its sentences with spaces between them."""
    for part in (passage, *passage.sentences):
        _number(part.offset)
        if part.text is not None and not isinstance(part.text, str):
            raise BadItem("a text is not a string", quoted(part.text))
    if passage.text or not passage.sentences:
        return passage.text or ""
    text = ""
    for sentence in passage.sentences:
        text = _grown(text, sentence.offset - passage.offset, sentence.text or "", " ")
    return text


def _grown(text: str, offset: int, addition: str, filler: str) -> str:
    if not addition:
        return text
    if offset < len(text):
        raise BadItem("texts overlap", f"one begins at {offset}, before the end of the one before")
    if offset - len(text) > _LONGEST_GAP:
        raise BadItem("gap in the text is too long", f"from {len(text)} to {offset}")
    return text.ljust(offset, filler) + addition


def _check_text(expected: Any, mention: Mention, spans: List[Span], document: Document) -> None:
    """Raises `BadItem` unless `expected` is the text of the mention. For a discontinuous mention it
    may be its parts, in any order, or the text from the first part to the last."""
    if not expected:
        return
    hull = document.text[mention.start : mention.end]
    parts = " ".join(document.text[start:end] for start, end in spans)
    if expected not in (hull, parts, document.text_of(mention)):
        raise BadItem(
            "mention text differs from the text at its offsets",
            f"{quoted(expected)}, but {mention.start}-{mention.end} is {quoted(hull)}",
        )


def _relation_type(infons: Dict[str, Any]) -> str:
    for key in ("type", "relation"):
        type_ = take_text(infons, key)
        if type_ is not None:
            return type_
    raise BadItem("relation without a type", quoted(infons))


def _number(value: Any) -> int:
    if type(value) is not int or value < 0:
        raise BadItem("an offset or length is not a whole number from 0", quoted(value))
    return value


def _name(value: Any, what: str) -> str:
    if type(value) not in (str, int):
        raise BadItem(f"{what} has no id", quoted(value))
    return str(value)


def _is_text_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)

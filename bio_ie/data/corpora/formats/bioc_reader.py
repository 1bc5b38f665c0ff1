"""Turns a `bioc.BioCDocument` into a `Document`."""

from dataclasses import replace
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Sequence, Set, Tuple

import bioc

from bio_ie.data.corpora.concept_id_notation import ConceptIdNotation
from bio_ie.data.corpora.formats.bioc_relations import RelationReader, lose, name_of
from bio_ie.data.corpora.formats.bioc_text import (
    BiocText,
    PlacedPassage,
    annotations_of,
    check_gap,
    number,
    passage_text,
    unit_of_offsets,
)
from bio_ie.data.corpora.formats.infons import (
    metadata_of,
    read_infons,
    take_score,
    take_text,
)
from bio_ie.data.corpora.mention_texts import check_mention_text
from bio_ie.files.bad_items import BadItem, skippable
from bio_ie.files.corpus_error import quoted
from bio_ie.files.source import Source
from bio_ie.text.counted import Phrase
from bio_ie.text.document import Document, Mention, Passage, Span

_MOVED = Phrase(
    "passages begin inside the one before them and were put behind it",
    one="passage begins inside the one before it and was put behind it",
)
_NEW_ID = Phrase(
    "annotations have the id of another one and got a new id",
    one="annotation has the id of another one and got a new id",
)


class _Annotation(NamedTuple):
    """An annotation and the passage that contains it, if any."""

    annotation: bioc.BioCAnnotation
    placed: Optional[PlacedPassage]


class BiocReader:
    """Turns BioC documents into `Document`s, one at a time.

    # Parameters

    source : `Source`
    ids : `ConceptIdNotation`
    identifier_keys : `Sequence[str]`
        Infons of an annotation that can hold concept ids, the usual one first.
    default_type : `str`, optional (default = `None`)
        The type of annotations without one.
    """

    def __init__(
        self,
        source: Source,
        ids: ConceptIdNotation,
        identifier_keys: Sequence[str],
        default_type: Optional[str] = None,
    ) -> None:
        self._source = source
        self._ids = ids
        self._identifier_keys = identifier_keys
        self._default_type = default_type
        self._place: Dict[str, Any] = {}

    def read(
        self, document: bioc.BioCDocument, document_id: str, line: Optional[int] = None
    ) -> Document:
        """Turns a BioC document into a `Document`. Items that cannot be read go to
        `source.problem`. Raises `BadItem` if the document as a whole cannot be read."""
        self._place = {"document_id": document_id, "line": line}
        metadata = metadata_of(read_infons(document.infons))
        text = self._text(document)
        result = Document(
            document_id,
            text.text,
            tuple(self._passages(text)),
            tuple(span for placed in text.passages for span in self._sentences(placed, text)),
            metadata=metadata,
        )
        mentions, repeated = self._mentions(document, text, result)
        reader = RelationReader(self._source, self._place, mentions, repeated, self._ids)
        relations, facts = reader.read(list(_relations_of(document, text)))
        return replace(
            result,
            mentions=tuple(mentions.values()),
            relations=tuple(relations),
            facts=tuple(facts),
        )

    # Text

    def _text(self, document: bioc.BioCDocument) -> BiocText:
        """The text of the passages that can be read."""
        report = self._source.report
        passages: List[bioc.BioCPassage] = []
        for passage in document.passages:
            with skippable(self._source, **self._place):
                read_infons(passage.infons)
                passage_text(passage)
                passages.append(passage)
        passages.sort(key=lambda passage: passage.offset)
        readable: List[bioc.BioCPassage] = []
        end = 0
        for passage in passages:
            with skippable(self._source, **self._place):
                if passage_text(passage):
                    check_gap(end, passage.offset)
                    end = passage.offset + len(passage_text(passage))
                readable.append(passage)
        name, unit = unit_of_offsets(readable)
        if name != "characters":
            counts = f"offsets in {name}"
            report.note(Phrase(f"documents count {counts}", one=f"document counts {counts}"))
        text = BiocText(readable, unit)
        report.note(_MOVED, sum(placed.is_moved for placed in text.passages))
        return text

    def _passages(self, text: BiocText) -> Iterator[Passage]:
        for passage, its_text, start, _ in text.passages:
            infons = read_infons(passage.infons)
            type_ = take_text(infons, "type")
            if its_text and (type_ is not None or infons):
                end = start + len(its_text)
                yield Passage(type_ or "", start, end, metadata_of(infons) or None)

    def _sentences(self, placed: PlacedPassage, text: BiocText) -> Iterator[Span]:
        previous_end = placed.start
        for sentence in placed.passage.sentences:
            with skippable(self._source, **self._place):
                start = text.position(sentence.offset, placed)
                end = start + len(sentence.text or "")
                if text.text[start:end] != (sentence.text or ""):
                    raise BadItem("sentence text differs from the passage", f"at offset {start}")
                if start < previous_end:
                    raise BadItem("sentences overlap or are out of order", f"at offset {start}")
                if read_infons(sentence.infons):
                    lose(self._source, self._place, "infons of a sentence")
                if start < end:
                    previous_end = end
                    yield start, end

    # Annotations

    def _mentions(
        self, document: bioc.BioCDocument, text: BiocText, result: Document
    ) -> Tuple[Dict[str, Mention], Set[str]]:
        """The mentions by their ids, and the ids that several annotations have."""
        annotations = [
            *(
                _Annotation(annotation, placed)
                for placed in text.passages
                for annotation in annotations_of(placed.passage)
            ),
            *(_Annotation(annotation, None) for annotation in document.annotations),
        ]
        taken = {str(annotation.id) for annotation, _ in annotations}
        mentions: Dict[str, Mention] = {}
        repeated: Set[str] = set()
        for annotation, placed in annotations:
            with skippable(self._source, **self._place):
                mention_id = _id_of(annotation, taken)
                if mention_id in mentions:
                    repeated.add(mention_id)
                    mention_id = _unused(f"{mention_id}#{{}}", 2, taken)
                    self._source.report.note(_NEW_ID)
                mention = self._mention(annotation, placed, mention_id, text, result)
                if mention is not None:
                    mentions[mention.id] = mention
        return mentions, repeated

    def _mention(
        self,
        annotation: bioc.BioCAnnotation,
        placed: Optional[PlacedPassage],
        mention_id: str,
        text: BiocText,
        document: Document,
    ) -> Optional[Mention]:
        infons = read_infons(annotation.infons)
        if not annotation.locations:
            lose(self._source, self._place, "annotations without a location")
            return None
        for location in annotation.locations:
            number(location.offset)
        spans = text.spans(annotation.locations, placed or text.around(annotation))
        if all(start == end for start, end in spans):
            lose(self._source, self._place, "annotations of no character")
            return None
        type_ = take_text(infons, "type") or self._default_type
        if not type_:
            raise BadItem("annotation without a type", mention_id)
        key = next((key for key in self._identifier_keys if infons.get(key)), None)
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
        self._check_text(annotation.text, mention, spans, document)
        return mention

    def _check_text(
        self, expected: Any, mention: Mention, spans: List[Span], document: Document
    ) -> None:
        """Raises `BadItem` unless `expected` is the text of the mention. For a discontinuous
        mention it may be its parts, in any order, or the text from the first part to the last."""
        if not expected:
            return
        if not isinstance(expected, str):
            raise BadItem("a text is not a string", quoted(expected))
        parts = [document.text[start:end] for start, end in spans]
        if expected == document.text_of(mention):
            return
        hull = document.text[mention.start : mention.end]
        place = f"{mention.start}-{mention.end}"
        check_mention_text(expected, parts, place, self._source.report, hull)


def _relations_of(document: bioc.BioCDocument, text: BiocText) -> Iterator[bioc.BioCRelation]:
    for placed in text.passages:
        for sentence in placed.passage.sentences:
            yield from sentence.relations
        yield from placed.passage.relations
    yield from document.relations


def _id_of(annotation: bioc.BioCAnnotation, taken: Set[str]) -> str:
    """The id of an annotation. An annotation without one gets an id that is not `taken`."""
    if annotation.id in (None, ""):
        return _unused("A{}", 1, taken)
    return name_of(annotation.id, "an annotation")


def _unused(pattern: str, first: int, taken: Set[str]) -> str:
    while pattern.format(first) in taken:
        first += 1
    taken.add(pattern.format(first))
    return pattern.format(first)


def _is_text_list(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)

"""Documents of this package and of spaCy: from one to the other, and what spaCy's get to hold."""

from typing import Any, Callable, Dict, Iterable, List, NamedTuple, Optional, Sequence, Tuple

from spacy.tokens import Doc, Span, SpanGroup
from spacy.util import filter_spans

from bio_ie.text.document import Document, Mention

KEY = "bio_ie"
"""The key of `Doc.user_data` that holds a document in its JSON form, without its text. It is plain
data, so that `to_bytes` and `DocBin` keep it."""


class SpanRelation(NamedTuple):
    """A relation between two spans of a spaCy document.

    # Parameters

    head, tail : `Span`
    type : `str`
    score : `float`, optional
    """

    head: Span
    tail: Span
    type: str
    score: Optional[float]


def set_extensions() -> None:
    """Gives spaCy's documents and spans the attributes that the components fill.

    * `doc._.bio_ie`: the `Document`, with offsets of characters; `None` before the component
    * `doc._.relations`: a list of `SpanRelation`; `doc._.facts`: a list of `Fact`
    * `span._.score`, `span._.concept_ids`: of a mention that the model has found
    * `span._.kb_ents`: concepts with their scores, likeliest first, as scispaCy has them
    """
    of_doc: Dict[str, Callable[[Doc], Any]] = {
        "bio_ie": _document,
        "relations": _relations,
        "facts": _facts,
    }
    of_span: Dict[str, Callable[[Span], Any]] = {"score": _score, "concept_ids": _concept_ids}
    for name, get in of_doc.items():
        if not Doc.has_extension(name):
            Doc.set_extension(name, getter=get)
    for name, of in of_span.items():
        if not Span.has_extension(name):
            Span.set_extension(name, getter=of)
    if not Span.has_extension("kb_ents"):
        Span.set_extension("kb_ents", default=[])


def document_of(doc: Doc, spans: Sequence[Span] = ()) -> Document:
    """The text of a spaCy document with some of its spans as mentions."""
    mentions = [
        Mention(
            f"T{number}",
            span.start_char,
            span.end_char,
            span.label_,
            (span.kb_id_,) if span.kb_id_ else (),
        )
        for number, span in enumerate(spans, 1)
    ]
    return Document("doc", doc.text, mentions=tuple(mentions))


def spans_of(doc: Doc, mentions: Iterable[Mention]) -> List[Span]:
    """The spans of mentions, each with its type, its likeliest concept, and the id of the mention.
    A mention that ends within a token of spaCy's takes the whole token."""
    spans = []
    for mention in mentions:
        span = doc.char_span(
            mention.start,
            mention.end,
            label=mention.type,
            kb_id=mention.concept_ids[0] if mention.concept_ids else "",
            alignment_mode="expand",
            span_id=mention.id,
        )
        if span is not None:
            spans.append(span)
    return spans


def fill(doc: Doc, document: Document, spans_key: str, overwrite_ents: bool) -> None:
    """Puts what a model has found into a spaCy document. Nested and overlapping mentions are all in
    its group of spans; its entities are the longest ones that do not overlap.

    # Parameters

    doc : `Doc`
    document : `Document`
    spans_key : `str`
        The name of the group of spans.
    overwrite_ents : `bool`
        Whether entities that the document has are replaced, and not added to.
    """
    value = document.to_dict()
    doc.user_data[KEY] = {name: value[name] for name in value if name not in ("id", "text")}
    spans = spans_of(doc, document.mentions)
    doc.spans[spans_key] = SpanGroup(doc, name=spans_key, spans=spans)
    set_entities(doc, spans, () if overwrite_ents else doc.ents)


def set_entities(doc: Doc, spans: Sequence[Span], kept: Sequence[Span] = ()) -> None:
    """Makes spans the entities of a document, beside those that are `kept`. Of spans that overlap,
    the longest is taken."""
    taken = {token.i for span in kept for token in span}
    free = [span for span in spans if taken.isdisjoint(range(span.start, span.end))]
    doc.set_ents([*kept, *filter_spans(free)])


def _document(doc: Doc) -> Optional[Document]:
    value = doc.user_data.get(KEY)
    return None if value is None else Document.from_dict({"id": "doc", "text": doc.text, **value})


def _relations(doc: Doc) -> List[SpanRelation]:
    document = _document(doc)
    if document is None or not document.relations:
        return []
    spans = {span.id_: span for span in spans_of(doc, document.mentions)}
    return [
        SpanRelation(spans[relation.head], spans[relation.tail], relation.type, relation.score)
        for relation in document.relations
        if relation.head in spans and relation.tail in spans
    ]


def _facts(doc: Doc) -> List[Any]:
    document = _document(doc)
    return [] if document is None else list(document.facts)


def _score(span: Span) -> Optional[float]:
    return _mention(span).get("score")


def _concept_ids(span: Span) -> Tuple[str, ...]:
    return tuple(_mention(span).get("concept_ids", ()))


def _mention(span: Span) -> Dict[str, Any]:
    """The mention of a span, in its JSON form."""
    mentions: List[Dict[str, Any]] = span.doc.user_data.get(KEY, {}).get("mentions", [])
    return next((mention for mention in mentions if mention["id"] == span.id_), {})

"""Turns a `Document` into a `bioc.BioCDocument`."""

from bisect import bisect_right
from typing import Any, Dict, Iterator, Optional, Tuple

import bioc

from bio_ie.data.corpora.concept_id_notation import ConceptIdNotation
from bio_ie.data.corpora.fact_arguments import FactArguments
from bio_ie.data.corpora.formats.bioc_facts import ARGUMENTS, CONCEPTS
from bio_ie.data.corpora.formats.infons import write_metadata
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.text.document import Document, Fact, Mention, Passage, Relation


def bioc_from_document(
    document: Document, ids: ConceptIdNotation, identifier_key: str, report: CorpusReport
) -> bioc.BioCDocument:
    """Turns a document into its BioC form, which `BiocReader` turns back into the same document.

    Text outside the document's passages becomes passages without infons. For a passage with
    sentences, both the text of the passage and those of its sentences are written, because the
    sentences do not contain the text between them. Content that BioC cannot hold (tokens, sentences
    that cross passages) is counted in `report`.
    """
    report.lose_fields(document, "tokens")
    result = bioc.BioCDocument()
    result.id = document.id
    write_metadata(result.infons, document.metadata)
    for start, end, passage in _stretches(document):
        result.add_passage(_passage(document, start, end, passage))
    _add_sentences(document, result, report)
    for mention in document.mentions:
        parent = _around(result, mention.start, mention.end) or result
        parent.add_annotation(_annotation(document, mention, ids, identifier_key))
    for number, relation in enumerate(document.relations, 1):
        result.add_relation(_relation(relation, f"R{number}"))
    arguments = FactArguments(ids, document.mentions)
    for number, fact in enumerate(document.facts, 1):
        result.add_relation(_fact(fact, f"F{number}", arguments))
    return result


def _stretches(document: Document) -> Iterator[Tuple[int, int, Optional[Passage]]]:
    """Parts that cover the text, except for line breaks before a part, which readers fill in."""
    position = 0
    for passage in document.passages:
        if document.text[position : passage.start].strip("\n"):
            yield position, passage.start, None
        yield passage.start, passage.end, passage
        position = passage.end
    if position < len(document.text):
        yield position, len(document.text), None


def _passage(
    document: Document, start: int, end: int, passage: Optional[Passage]
) -> bioc.BioCPassage:
    result = bioc.BioCPassage.of_text(document.text[start:end], start)
    if passage is not None:
        result.infons["type"] = passage.type
        write_metadata(result.infons, passage.metadata, ("type",))
    return result


def _add_sentences(document: Document, result: bioc.BioCDocument, report: CorpusReport) -> None:
    for start, end in document.sentences:
        parent = _around(result, start, end)
        if parent is None:
            report.lose("sentences across passages cannot be written", f"{document.id!r}")
        else:
            parent.add_sentence(bioc.BioCSentence.of_text(document.text[start:end], start))


def _around(document: bioc.BioCDocument, start: int, end: int) -> Optional[bioc.BioCPassage]:
    """The passage that contains the span, or `None` if there is no such passage."""
    index = bisect_right(document.passages, start, key=lambda passage: passage.offset) - 1
    if index < 0 or end > document.passages[index].total_span.end:
        return None
    return document.passages[index]


def _annotation(
    document: Document, mention: Mention, ids: ConceptIdNotation, identifier_key: str
) -> bioc.BioCAnnotation:
    result = bioc.BioCAnnotation()
    result.id = mention.id
    # By the official rule, the text goes from the first part to the last, gaps included.
    result.text = document.text[mention.start : mention.end]
    for start, end in mention.fragments or (mention.span,):
        result.add_location(bioc.BioCLocation(start, end - start))
    metadata = dict(mention.metadata or {})
    infons = result.infons
    infons["type"] = mention.type
    key = metadata.pop("identifier_key", identifier_key)
    notation = ids.write(mention.concept_ids, metadata)
    if metadata.get("identifier") == notation:
        metadata.pop("identifier", None)
    if notation is not None:
        infons[key] = notation
    elif mention.concept_ids:
        metadata["concept_ids"] = list(mention.concept_ids)
    if mention.entity_id is not None:
        infons["entity_id"] = mention.entity_id
    _write_score(infons, mention.score)
    reserved = {"type", "entity_id", "score", "concept_ids", identifier_key, key}
    write_metadata(infons, metadata, reserved)
    return result


def _relation(relation: Relation, relation_id: str) -> bioc.BioCRelation:
    result = bioc.BioCRelation()
    result.id = relation_id
    metadata = dict(relation.metadata or {})
    head_role, tail_role = _roles(metadata) or ("head", "tail")
    result.add_node(bioc.BioCNode(relation.head, head_role))
    result.add_node(bioc.BioCNode(relation.tail, tail_role))
    result.infons["type"] = relation.type
    if not relation.directed:
        result.infons["directed"] = "false"
    _write_score(result.infons, relation.score)
    write_metadata(result.infons, metadata, ("type", "relation", "directed", "score"))
    return result


def _fact(fact: Fact, relation_id: str, arguments: FactArguments) -> bioc.BioCRelation:
    result = bioc.BioCRelation()
    result.id = relation_id
    metadata = dict(fact.metadata or {})
    if any(arguments.concepts(end) != (end,) for end in (fact.head, fact.tail)):
        metadata[CONCEPTS] = [fact.head, fact.tail]
    roles = _roles(metadata)
    # Roles become keys only if there is no other infon that could be taken for a concept.
    if roles and not metadata and fact.score is None and _are_keys(roles):
        result.infons.update({"relation": fact.type, roles[0]: fact.head, roles[1]: fact.tail})
        return result
    result.infons.update({"type": fact.type, ARGUMENTS[0]: fact.head, ARGUMENTS[1]: fact.tail})
    _write_score(result.infons, fact.score)
    if roles:
        metadata["roles"] = list(roles)
    write_metadata(result.infons, metadata, ("type", "relation", "score", *ARGUMENTS))
    return result


def _roles(metadata: Dict[str, Any]) -> Optional[Tuple[str, str]]:
    """Removes and returns the names that the file gave to the head and the tail."""
    roles: Any = metadata.get("roles")
    if not isinstance(roles, (list, tuple)) or len(roles) != 2:
        return None
    if not all(isinstance(role, str) for role in roles):
        return None
    del metadata["roles"]
    return roles[0], roles[1]


def _are_keys(roles: Tuple[str, str]) -> bool:
    reserved = ("type", "relation", "score", *ARGUMENTS)
    return roles[0] != roles[1] and not any(role in reserved for role in roles)


def _write_score(infons: Dict[str, str], score: Optional[float]) -> None:
    if score is not None:
        infons["score"] = repr(float(score))

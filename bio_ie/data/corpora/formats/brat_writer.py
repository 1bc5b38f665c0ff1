"""Writes the lines of a brat `.ann` file."""

import re
from collections import defaultdict
from typing import Collection, Dict, Iterator, List

from bio_ie.files.corpus_report import CorpusReport
from bio_ie.text.document import Document, Mention, Relation

CONCEPT = "concept:"
"""The resource that is written for a concept id without a resource."""

_FLAT = str.maketrans("\t\n\r", "   ")


def flat(text: str) -> str:
    """`text` on one line: each tab and each line break is replaced by one space."""
    return text.translate(_FLAT)


def annotation_lines(
    document: Document, symmetric: Collection[str], report: CorpusReport
) -> Iterator[str]:
    """The lines for the annotations of `document`. Annotations that brat cannot hold are counted in
    `report`."""
    report.lose_fields(
        document, "passages", "sentences", "tokens", "facts", "mention.score", "relation.score"
    )
    report.lose_metadata(document, mention=("names", "identifier"), relation=("roles",))
    names = _brat_ids(document.mentions)
    concepts = 0
    for mention in document.mentions:
        spans = mention.fragments or (mention.span,)
        places = ";".join(f"{start} {end}" for start, end in spans)
        type_ = _word(mention.type, "type of a mention", document, report)
        yield f"{names[mention.id]}\t{type_} {places}\t{flat(document.text_of(mention))}"
        for reference in _references(document, mention, report):
            concepts += 1
            yield f"N{concepts}\tReference {names[mention.id]} {reference}"
    for number, relation in enumerate(document.relations, 1):
        roles = _roles(relation, document, report)
        type_ = _word(relation.type, "type of a relation", document, report)
        if relation.directed == (type_ in symmetric):
            report.lose("direction of a relation cannot be written", f"{document.id!r}, {relation}")
        head, tail = names[relation.head], names[relation.tail]
        yield f"R{number}\t{type_} {roles[0]}:{head} {roles[1]}:{tail}"
    groups: Dict[str, List[str]] = defaultdict(list)
    for mention in document.mentions:
        if mention.entity_id is not None:
            groups[mention.entity_id].append(names[mention.id])
    # An entity with only one mention is left out, because it adds nothing to the mention.
    yield from (f"*\tEquiv {' '.join(group)}" for group in groups.values() if len(group) > 1)


def _brat_ids(mentions: Collection[Mention]) -> Dict[str, str]:
    """The ids of mentions in brat, which are `T` and a number. Ids are kept if all of them have
    this form; otherwise all mentions get new ids."""
    if all(re.fullmatch("T[0-9]+", mention.id) for mention in mentions):
        return {mention.id: mention.id for mention in mentions}
    return {mention.id: f"T{number}" for number, mention in enumerate(mentions, 1)}


def _word(text: str, what: str, document: Document, report: CorpusReport) -> str:
    word = re.sub("[ \t\n\r]", "_", text) or "_"
    if word != text:
        report.lose(f"{what} with white space cannot be written", f"{document.id!r}, {text!r}")
    return word


def _references(document: Document, mention: Mention, report: CorpusReport) -> Iterator[str]:
    metadata = mention.metadata or {}
    names = metadata.get("names")
    example = f"{document.id!r}, {mention.id!r}"
    if not isinstance(names, list) or len(names) != len(mention.concept_ids):
        report.lose("names cannot be written", example, int(names is not None))
        names = [flat(document.text_of(mention))] * len(mention.concept_ids)
    for concept_id, name in zip(mention.concept_ids, names, strict=True):
        if not concept_id or flat(concept_id) != concept_id:
            report.lose("concept ids cannot be written", example)
            continue
        bare = ":" not in concept_id or concept_id.startswith(CONCEPT)
        yield f"{CONCEPT if bare else ''}{concept_id}\t{flat(str(name))}"


def _roles(relation: Relation, document: Document, report: CorpusReport) -> List[str]:
    roles = (relation.metadata or {}).get("roles", ["Arg1", "Arg2"])
    if (
        isinstance(roles, list)
        and len(roles) == 2
        and all(isinstance(role, str) and re.fullmatch(r"[^\s:]+", role) for role in roles)
    ):
        return roles
    report.lose("roles of a relation cannot be written", f"{document.id!r}, {relation}")
    return ["Arg1", "Arg2"]

"""Tables of related entities, as databases publish them."""

import json
import os
from pathlib import Path
from typing import Iterator, NamedTuple, Optional

from allennlp.common.checks import ConfigurationError

from bio_ie.data.corpora.corpus_path import read_corpus
from bio_ie.data.corpora.formats.jsonl import JsonlFormat
from bio_ie.data.corpora.wrappers.ctd_facts import CtdReader, table_columns
from bio_ie.files.corpus_error import quoted
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.source import Source
from bio_ie.knowledge.concept_links import vocabulary_id
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.text.document import Document


class RelatedPair(NamedTuple):
    """Two identifiers, and what relates them: `""` if that is not said."""

    head: str
    tail: str
    relation: str


def read_pairs(
    path: str, kb: Optional[KnowledgeBase] = None, report: Optional[CorpusReport] = None
) -> Iterator[RelatedPair]:
    """The pairs of a table or of a corpus, some of them several times.

    # Parameters

    path : `str`
        A file: one of CTD's tables (`bio_ie.data.corpora.wrappers.ctd_facts`), of which curated
        rows count; or lines of two or three columns with tabs between, which are head, tail and
        relation, where `#` begins a comment. Or, as JSON, the data path of a corpus (with its
        `format`), of which facts count and relations between mentions that have concepts.
    kb : `KnowledgeBase`, optional
        Identifiers are written as it does; otherwise with the prefix of their vocabulary.
    report : `CorpusReport`, optional
        Of what was lost and noted.

    Raises `CorpusError` for a table that cannot be read.
    """
    report = CorpusReport() if report is None else report
    if path.lstrip().startswith("{") and not os.path.exists(path):
        pairs = _of_corpus(path, report)
    else:
        pairs = _of_table(Source(Path(path), path, "raise", report))
    for head, tail, relation in pairs:
        yield RelatedPair(known_id(head, kb), known_id(tail, kb), relation)


def known_id(identifier: str, kb: Optional[KnowledgeBase]) -> str:
    """The identifier as it is compared; see `read_pairs`."""
    prefixed = vocabulary_id(identifier)
    return prefixed if kb is None else kb.resolve(prefixed) or prefixed


def _of_table(source: Source) -> Iterator[RelatedPair]:
    # CTD has the names of the columns in a comment.
    if any(table_columns(line) for line in _head(source)):
        for fact in CtdReader().facts(source):
            yield RelatedPair(fact.head, fact.tail, fact.relation)
        return
    is_empty = True
    for line in source.lines():
        if not line.strip() or line.startswith("#"):
            continue
        columns = [column.strip() for column in line.split("\t")]
        if not 2 <= len(columns) <= 3 or not all(columns[:2]):
            raise source.error(f"not two ids and a relation, with tabs between: {quoted(line)}")
        is_empty = False
        yield RelatedPair(columns[0], columns[1], columns[2] if len(columns) > 2 else "")
    if is_empty:
        raise source.error("there is no pair in it")


def _head(source: Source) -> Iterator[str]:
    """The comments, and the line after them."""
    for line in source.lines():
        yield line
        if line.strip() and not line.startswith("#"):
            return


def _of_corpus(path: str, report: CorpusReport) -> Iterator[RelatedPair]:
    try:
        value = json.loads(path)
    except ValueError as error:
        raise ConfigurationError(f"{path!r} is neither a file nor JSON: {error}") from error
    for document in read_corpus(value, JsonlFormat(), report):
        yield from _of_document(document)


def _of_document(document: Document) -> Iterator[RelatedPair]:
    for fact in document.facts:
        yield RelatedPair(fact.head, fact.tail, fact.type)
    concepts = {mention.id: mention.concept_ids for mention in document.mentions}
    for relation in document.relations:
        for head in concepts[relation.head]:
            for tail in concepts[relation.tail]:
                yield RelatedPair(head, tail, relation.type)

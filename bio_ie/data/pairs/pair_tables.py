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
    """Two identifiers and their relation, which is `""` if the table does not give it."""

    head: str
    tail: str
    relation: str


def read_pairs(
    path: str, kb: Optional[KnowledgeBase] = None, report: Optional[CorpusReport] = None
) -> Iterator[RelatedPair]:
    """The related pairs of a table or of a corpus. A pair may come several times.

    # Parameters

    path : `str`
        One of

        * the path of one of CTD's tables (`bio_ie.data.corpora.wrappers.ctd_facts`), whose curated
          rows are read;
        * the path of a file whose lines have two or three columns with tabs between them: head,
          tail and relation. `#` begins a comment;
        * the data path of a corpus as JSON, with its `format`. The facts of the corpus are read,
          and the relations between mentions that have concepts.
    kb : `KnowledgeBase`, optional
        Identifiers are written as the knowledge base writes them. Without a knowledge base, they
        are written with the prefix of their vocabulary.
    report : `CorpusReport`, optional
        Collects what was lost and noted while reading.

    Raises `CorpusError` for a table that cannot be read.
    """
    report = CorpusReport() if report is None else report
    if path.lstrip().startswith("{") and not os.path.exists(path):
        pairs = _corpus_pairs(path, report)
    else:
        pairs = _table_pairs(Source(Path(path), path, "raise", report))
    for head, tail, relation in pairs:
        yield RelatedPair(known_id(head, kb), known_id(tail, kb), relation)


def known_id(identifier: str, kb: Optional[KnowledgeBase]) -> str:
    """The identifier in the form in which identifiers are compared; see `kb` of `read_pairs`."""
    prefixed = vocabulary_id(identifier)
    return prefixed if kb is None else kb.resolve(prefixed) or prefixed


def _table_pairs(source: Source) -> Iterator[RelatedPair]:
    # CTD writes the names of the columns in a comment.
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
            raise source.error(
                f"a line must have two ids and may have a relation, with tabs between them: "
                f"{quoted(line)}"
            )
        is_empty = False
        yield RelatedPair(columns[0], columns[1], columns[2] if len(columns) > 2 else "")
    if is_empty:
        raise source.error("the table has no pairs")


def _head(source: Source) -> Iterator[str]:
    """The comments at the beginning, and the line after them."""
    for line in source.lines():
        yield line
        if line.strip() and not line.startswith("#"):
            return


def _corpus_pairs(path: str, report: CorpusReport) -> Iterator[RelatedPair]:
    try:
        value = json.loads(path)
    except ValueError as error:
        raise ConfigurationError(f"{path!r} is neither a file nor JSON: {error}") from error
    for document in read_corpus(value, JsonlFormat(), report):
        yield from _document_pairs(document)


def _document_pairs(document: Document) -> Iterator[RelatedPair]:
    for fact in document.facts:
        yield RelatedPair(fact.head, fact.tail, fact.type)
    concepts = {mention.id: mention.concept_ids for mention in document.mentions}
    for relation in document.relations:
        for head in concepts[relation.head]:
            for tail in concepts[relation.tail]:
                yield RelatedPair(head, tail, relation.type)

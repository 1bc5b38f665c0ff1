"""Reads lists of document ids."""

from pathlib import Path
from typing import Any, Dict, Iterable, Iterator, List, Set, Union

from bio_ie.data.corpora.corpus_path import read_corpus
from bio_ie.data.corpora.formats.jsonl import JsonlFormat
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.source import Source
from bio_ie.text.document import Document
from bio_ie.text.papers import paper_of, paper_of_document

DocumentIds = Union[str, Dict[str, Any], List[str]]
"""A file with one id per line, an object that is the data path of a corpus, or a list of ids. The
list is the last type, because AllenNLP would accept an object as a list of its keys."""


def papers_of(ids: DocumentIds) -> Set[str]:
    """The ids of the papers of some documents.

    Raises `CorpusError` for a file that cannot be read or whose lines are not ids, and
    `ConfigurationError` for an object that is not a data path.
    """
    if isinstance(ids, str):
        return set(map(paper_of, _listed(ids)))
    if isinstance(ids, dict):
        return papers_of_corpus(read_corpus(ids, JsonlFormat()))
    return set(map(paper_of, ids))


def papers_of_corpus(documents: Iterable[Document]) -> Set[str]:
    """The ids of the papers of all documents of a corpus."""
    return set(map(paper_of_document, documents))


def _listed(file: str) -> Iterator[str]:
    source = Source(Path(file), file, "raise", CorpusReport())
    for line in source.lines():
        if len(line.split()) > 1:
            raise source.error("not one id; if this is a corpus, give its format")
        yield from line.split()

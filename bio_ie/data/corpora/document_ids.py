"""Compares documents by the paper that they are from, and reads lists of document ids."""

from pathlib import Path
from typing import Any, Dict, Iterator, List, Set, Union

from bio_ie.data.corpora.corpus_path import read_corpus
from bio_ie.data.corpora.formats.jsonl import JsonlFormat
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.source import Source

DocumentIds = Union[str, Dict[str, Any], List[str]]
"""A file with one id per line, an object that is the data path of a corpus, or a list of ids. The
list is the last type, because AllenNLP would accept an object as a list of its keys."""


def paper_of(document_id: str) -> str:
    """The id of the paper of a document: the document id without the suffix of a repeated document
    (`#2`) and without the prefix of a PubMed id."""
    paper = document_id.partition("#")[0].strip()
    prefix, _, local = paper.partition(":")
    return local.strip() if local and prefix.upper() in ("PMID", "PUBMED") else paper


def papers_of(ids: DocumentIds) -> Set[str]:
    """The ids of the papers of some documents.

    Raises `CorpusError` for a file that cannot be read or whose lines are not ids, and
    `ConfigurationError` for an object that is not a data path.
    """
    if isinstance(ids, str):
        return set(map(paper_of, _listed(ids)))
    if isinstance(ids, dict):
        return {paper_of(document.id) for document in read_corpus(ids, JsonlFormat())}
    return set(map(paper_of, ids))


def _listed(file: str) -> Iterator[str]:
    source = Source(Path(file), file, "raise", CorpusReport())
    for line in source.lines():
        if len(line.split()) > 1:
            raise source.error("not one id; if this is a corpus, give its format")
        yield from line.split()

"""The papers that documents are from, by which documents of different corpora are compared."""

from bio_ie.text.document import Document

PAPER_KEY = "pmid"
"""The key of a document's metadata that holds the id of its paper, where the document is a part of
it, such as a sentence."""


def paper_of(document_id: str) -> str:
    """The id of the paper of a document: the document id without the suffix of a repeated document
    (`#2`), without the prefix of a PubMed id and without leading zeros of a number."""
    paper = document_id.partition("#")[0].strip()
    prefix, _, local = paper.partition(":")
    if local and prefix.upper() in ("PMID", "PUBMED"):
        paper = local.strip()
    return paper.lstrip("0") or paper if paper.isdecimal() else paper


def paper_of_document(document: Document) -> str:
    """The id of the paper that a document is from: the `pmid` of its metadata, or else its own
    id."""
    pmid = document.metadata.get(PAPER_KEY)
    is_id = isinstance(pmid, (str, int)) and str(pmid).strip()
    return paper_of(str(pmid) if is_id else document.id)

"""Turns a record of PubMed into a document."""

import re
from typing import Any, Dict, Iterator, List, Optional

from bio_ie.data.corpora.formats.passage_text import PassageText
from bio_ie.data.corpora.formats.xml_text import text_of
from bio_ie.files.bad_items import BadItem
from bio_ie.files.corpus_error import quoted
from bio_ie.text.document import Document

_NO_TITLE = re.compile(r"\[(not available|in process citation)\]\.?", re.I)
_TRANSLATED = re.compile(r"\[.*\]\.?")
_YEAR = re.compile(r"\b(1[5-9]|20)\d\d\b")


class PubmedRecordReader:
    """Turns records of articles (`PubmedArticle`, `MedlineCitation`) and of books
    (`PubmedBookArticle`) into documents.

    # Parameters

    labels_in_text : `bool`
        Whether the labels of a structured abstract are in the text.
    other_abstracts : `bool`
        Whether the abstracts of `OtherAbstract` are in the text.
    """

    def __init__(self, labels_in_text: bool, other_abstracts: bool) -> None:
        self._labels_in_text = labels_in_text
        self._other_abstracts = other_abstracts

    def read(self, record: Any) -> Document:
        """The document of a record. Raises `BadItem` if it has no PubMed id."""
        if record.tag == "PubmedBookArticle":
            citation = record.find("BookDocument")
            article, ids = citation, record.find("BookDocument/ArticleIdList")
        else:
            citation = record if record.tag == "MedlineCitation" else record.find("MedlineCitation")
            article = citation.find("Article") if citation is not None else None
            ids = record.find("PubmedData/ArticleIdList")
        if citation is None:
            raise BadItem("record without a citation", f"<{record.tag}>")
        pmid = pmid_of(citation.find("PMID"))
        is_book = record.tag == "PubmedBookArticle"
        metadata: Dict[str, Any] = {"pmid": pmid, "version": _version(citation.find("PMID"))}
        text = PassageText()
        if article is not None:
            self._add_text(text, citation, article)
            metadata.update(_ids(article, ids))
            metadata.update(_book(article) if is_book else _journal(article, citation))
            metadata.update(_kind(article))
        metadata.update(_indexing(citation))
        metadata["corrections"] = [_correction(item) for item in citation.iterfind(_CORRECTIONS)]
        filled = {key: value for key, value in metadata.items() if value not in (None, "", [])}
        written, passages = text.parts()
        return Document(pmid, written, passages, metadata=filled)

    def _add_text(self, text: PassageText, citation: Any, article: Any) -> None:
        title = text_of(article.find("ArticleTitle")) or text_of(article.find("Book/BookTitle"))
        if not _NO_TITLE.fullmatch(title):
            is_translated = bool(_TRANSLATED.fullmatch(title)) and (
                article.find("VernacularTitle") is not None
                or "eng" not in [text_of(item) for item in article.iterfind("Language")]
            )
            text.add("title", title, {"translated": is_translated or None})
        self._add_abstract(text, "abstract", article.find("Abstract"), {})
        if self._other_abstracts:
            for other in citation.iterfind("OtherAbstract"):
                kind = {"kind": other.get("Type"), "language": other.get("Language")}
                self._add_abstract(text, "other_abstract", other, kind)

    def _add_abstract(
        self, text: PassageText, type_: str, abstract: Any, metadata: Dict[str, Any]
    ) -> None:
        """Adds a passage for each section. (Copyright is not part of an abstract.)"""
        sections = () if abstract is None else abstract.iterfind("AbstractText")
        before = "\n"
        for section in sections:
            content = text_of(section)
            label = " ".join(section.get("Label", "").split())
            if content and label and self._labels_in_text:
                content = f"{label.rstrip(':')}: {content}"
            more = {"label": label, "nlm_category": section.get("NlmCategory")}
            text.add(type_, content, {**metadata, **more}, before)
            before = " " if content else before


_CORRECTIONS = "CommentsCorrectionsList/CommentsCorrections"


def pmid_of(element: Any) -> str:
    """The PubMed id of an element. Raises `BadItem` if it is absent or no number."""
    pmid = text_of(element)
    if not (pmid.isascii() and pmid.isdigit()):
        raise BadItem("record without a PubMed id", quoted(pmid) if pmid else "")
    return pmid


def _version(element: Any) -> int:
    version = element.get("Version", "1").strip()
    return int(version) if version.isascii() and version.isdigit() and len(version) < 9 else 1


def _ids(article: Any, ids: Any) -> Iterator[Any]:
    found: Dict[str, str] = {}
    for item in () if ids is None else ids.iterfind("ArticleId"):
        found.setdefault(item.get("IdType", ""), text_of(item))
    for item in article.iterfind("ELocationID"):
        if item.get("ValidYN") != "N":
            found.setdefault(item.get("EIdType", ""), text_of(item))
    yield "doi", found.get("doi")
    yield "pmcid", found.get("pmc")
    yield "book_id", found.get("bookaccession")


def _journal(article: Any, citation: Any) -> Dict[str, Any]:
    journal = article.find("Journal")
    name = None if journal is None else text_of(journal.find("Title"))
    return {
        "journal": name or text_of(citation.find("MedlineJournalInfo/MedlineTA")),
        "year": _year(article, ("Journal/JournalIssue/PubDate", "ArticleDate")),
    }


def _book(article: Any) -> Dict[str, Any]:
    return {
        "book": text_of(article.find("Book/BookTitle")),
        "year": _year(article, ("ContributionDate", "Book/PubDate", "Book/BeginningDate")),
    }


def _year(article: Any, dates: Any) -> Optional[int]:
    for path in dates:
        for tag in ("Year", "MedlineDate"):
            year = _YEAR.search(text_of(article.find(f"{path}/{tag}")))
            if year is not None:
                return int(year[0])
    return None


def _kind(article: Any) -> Dict[str, Any]:
    types = [*article.iterfind("PublicationTypeList/PublicationType")]
    types += article.iterfind("PublicationType")
    return {
        "languages": [text_of(item) for item in article.iterfind("Language")],
        "publication_types": [text_of(item) for item in types],
        "vernacular_title": text_of(article.find("VernacularTitle")),
    }


def _indexing(citation: Any) -> Dict[str, Any]:
    headings: List[Dict[str, Any]] = []
    for heading in citation.iterfind("MeshHeadingList/MeshHeading"):
        descriptor = heading.find("DescriptorName")
        if descriptor is not None:
            qualifiers = [_term(item) for item in heading.iterfind("QualifierName")]
            headings.append({**_term(descriptor), "qualifiers": qualifiers})
    supplementary = citation.iterfind("SupplMeshList/SupplMeshName")
    chemicals = citation.iterfind("ChemicalList/Chemical")
    return {
        "mesh_headings": headings,
        "supplementary_mesh": [
            {"id": item.get("UI"), "name": text_of(item), "type": item.get("Type")}
            for item in supplementary
        ],
        "chemicals": [
            {
                "id": item.find("NameOfSubstance").get("UI"),
                "name": text_of(item.find("NameOfSubstance")),
                "registry_number": text_of(item.find("RegistryNumber")),
            }
            for item in chemicals
            if item.find("NameOfSubstance") is not None
        ],
        "keywords": list(
            dict.fromkeys(filter(None, map(text_of, citation.iterfind("KeywordList/Keyword"))))
        ),
    }


def _term(item: Any) -> Dict[str, Any]:
    return {
        "id": item.get("UI"), "name": text_of(item), "major": item.get("MajorTopicYN") == "Y",
    }  # fmt: skip


def _correction(item: Any) -> Dict[str, Any]:
    values = {
        "type": item.get("RefType"),
        "pmid": text_of(item.find("PMID")),
        "source": text_of(item.find("RefSource")),
        "note": text_of(item.find("Note")),
    }
    return {key: value for key, value in values.items() if value}

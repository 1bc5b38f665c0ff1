"""Turns an article in JATS into a document."""

import re
from typing import Any, Dict, Iterator, List, Optional, Tuple

from bio_ie.data.corpora.formats.jats_text import JatsText
from bio_ie.data.corpora.formats.passage_text import PassageText
from bio_ie.data.corpora.formats.xml_text import text_of
from bio_ie.text.document import Document

_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_HREF = "{http://www.w3.org/1999/xlink}href"
_YEAR = re.compile(r"\b(1[5-9]|20)\d\d\b")
_PMC = re.compile(r"(?:PMC)?(\d+)", re.I)


class JatsReader:
    """Turns articles into documents. The parameters are those of `JatsFormat`."""

    def __init__(
        self,
        body: bool,
        captions: bool,
        tables: bool,
        footnotes: bool,
        citations: bool,
        other_abstracts: bool,
    ) -> None:
        self._body = body
        self._with = {
            "captions": captions, "tables": tables, "footnotes": footnotes, "citations": citations,
        }  # fmt: skip
        self._other_abstracts = other_abstracts

    def read(self, article: Any, name: str) -> Document:
        """The document of an `article`. `name` is its id if it has no other one."""
        passages = PassageText()
        text = JatsText(passages, **self._with)
        meta = article.find("front/article-meta")
        if meta is not None:
            passages.add("title", _title(meta.find("title-group"), text))
            for abstract in meta.iterfind("abstract"):
                _add_abstract(text, "abstract", abstract, {"kind": abstract.get("abstract-type")})
            for abstract in meta.iterfind("trans-abstract") if self._other_abstracts else ():
                kind = {
                    "kind": abstract.get("abstract-type"), "language": abstract.get(_LANGUAGE),
                }  # fmt: skip
                _add_abstract(text, "other_abstract", abstract, kind)
        if self._body:
            for path in ("body", "floats-group", "back/fn-group"):
                for part in article.iterfind(path):
                    text.add_blocks(part)
        metadata = dict(_metadata(article, meta))
        filled = {key: value for key, value in metadata.items() if value not in (None, "", [])}
        ids = (filled.get(key) for key in ("pmcid", "pmid", "doi"))
        written, placed = passages.parts()
        return Document(next(filter(None, ids), name), written, placed, metadata=filled)


def _title(group: Any, text: JatsText) -> str:
    if group is None:
        return ""
    parts = [text.inline(group.find("article-title"))]
    parts += [text.inline(subtitle) for subtitle in group.iterfind("subtitle")]
    filled = [part for part in parts if part]
    # A title that ends with a sign of its own needs no colon.
    return re.sub(r"([?!:.]):(?= )", r"\1", ": ".join(filled))


def _add_abstract(text: JatsText, type_: str, abstract: Any, metadata: Dict[str, Any]) -> None:
    if (abstract.text or "").strip():  # not in paragraphs
        text.add_block(abstract, type_, metadata)
        return
    for part in abstract:
        if part.tag == "sec":
            label = text.inline(part.find("title"))
            _add_abstract(text, type_, part, {**metadata, "label": label or metadata.get("label")})
        elif part.tag not in ("title", "label", "object-id"):
            text.add_block(part, type_, metadata)


def _metadata(article: Any, meta: Any) -> Iterator[Tuple[str, Any]]:
    language = article.get(_LANGUAGE)
    if meta is not None:
        yield from _ids(meta).items()
    journal = article.find("front/journal-meta")
    if journal is not None:
        titles = ("journal-title-group/journal-title", "journal-title", "journal-id")
        yield "journal", next(filter(None, (text_of(journal.find(path)) for path in titles)), None)
    if meta is not None:
        yield "year", _year(meta)
    yield "article_type", article.get("article-type")
    yield "languages", [language] if language else []
    if meta is None:
        return
    yield "subjects", _texts(meta, "article-categories//subject")
    yield "keywords", _texts(meta, "kwd-group//kwd")
    yield "translated_titles", _texts(meta, "title-group/trans-title-group/trans-title")
    yield "license", _license(meta)
    yield (
        "related_articles",
        [
            {
                "type": item.get("related-article-type"),
                "id": item.get(_HREF) or text_of(item),
            }
            for item in meta.iterfind("related-article")
        ],
    )


def _ids(meta: Any) -> Dict[str, str]:
    found: Dict[str, str] = {}
    for item in meta.iterfind("article-id"):
        found.setdefault(item.get("pub-id-type", ""), text_of(item))
    pmc = _PMC.fullmatch(found.get("pmc") or found.get("pmcid") or "")
    ids = {"pmcid": f"PMC{pmc[1]}" if pmc else "", "pmid": found.get("pmid", "")}
    return {**ids, "doi": found.get("doi", "")}


def _year(meta: Any) -> Optional[int]:
    """The earliest year of publication."""
    years = (_YEAR.search(text_of(year)) for year in meta.iterfind("pub-date/year"))
    return min((int(year[0]) for year in years if year is not None), default=None)


def _texts(meta: Any, path: str) -> List[str]:
    return list(dict.fromkeys(filter(None, map(text_of, meta.iterfind(path)))))


def _license(meta: Any) -> Optional[str]:
    license_ = meta.find("permissions/license")
    if license_ is None:
        return None
    reference = license_.find("license_ref")
    return license_.get(_HREF) or text_of(reference) or license_.get("license-type")

"""Full texts in JATS, the XML of PubMed Central and of many publishers."""

import re
from pathlib import Path
from typing import Iterator, Optional

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.formats.jats_article import JatsReader
from bio_ie.files.bad_items import skippable
from bio_ie.files.source import Source
from bio_ie.files.xml_records import XmlRecords
from bio_ie.text.counted import Phrase
from bio_ie.text.document import Document

_RECORDS = XmlRecords(
    "a JATS file",
    dict.fromkeys(("article", "pmc-articleset", "OAI-PMH", "articles"), ("article",)),
    re.compile(
        rb"<article-id[^>]*\spub-id-type\s*=\s*[\"'](?:pmc|pmcid|pmid)[\"'][^>]*>\s*((?:PMC)?\d+)"
    ),
    has_text=True,
)
_ENDING = re.compile(r"(\.nxml|\.xml)?(\.gz)?$")

_EMPTY = Phrase("articles have no text", one="article has no text")
_SUB_ARTICLES = Phrase(
    "sub-articles (reviews, replies, translations) were left out",
    one="sub-article (a review, a reply or a translation) was left out",
)


@CorpusFormat.register("jats")
class JatsFormat(CorpusFormat):
    """Reads articles in JATS: those of PubMed Central (also many in one file, as its services for
    download give them) and of publishers, one article at a time.

    Registered as a `CorpusFormat` with name "jats". Reads a file, a glob pattern, or a folder with
    all its `.xml` and `.nxml` files, gzipped or not. The id of a document is the id of PMC
    (`PMC123`), or else of PubMed, the DOI, or the name of the file.

    The text is the title, the abstracts and the body, with line breaks between passages: `title`;
    `abstract`, for each paragraph; `section_title`; `paragraph`; `list_item`. Passages of the body
    have the titles of the sections around them as metadata `section`, and `sec_type`. The title of
    a section of an abstract is metadata (`label`). White space is one space, markup is left out,
    and a formula is its text, once. Back matter and references are not read. Sub-articles are left
    out, and counted.

    # Parameters

    body : `bool`, optional (default = `True`)
        Whether the body is read.
    captions : `bool`, optional (default = `False`)
        Whether captions of figures, tables and supplements are read, as passages `caption`, behind
        the paragraph or section in which they are.
    tables : `bool`, optional (default = `False`)
        Whether the cells of tables are read, as passages `table_cell` with their `row` and
        `column`, from 1.
    footnotes : `bool`, optional (default = `False`)
        Whether footnotes of the text and of tables are read, as passages `footnote`.
    citations : `bool`, optional (default = `False`)
        Whether the markers of references and footnotes (`[1, 2]`, a raised `3`) stay in the text.
        Markers with the names of authors always do, because they can be part of a sentence.
    other_abstracts : `bool`, optional (default = `False`)
        Whether translated abstracts follow, as passages `other_abstract` with their `language`.
    on_error : `str`, optional (default = `"raise"`)
    """

    in_folders = ("*.xml", "*.xml.gz", "*.nxml", "*.nxml.gz")

    def __init__(
        self,
        body: bool = True,
        captions: bool = False,
        tables: bool = False,
        footnotes: bool = False,
        citations: bool = False,
        other_abstracts: bool = False,
        on_error: str = "raise",
    ) -> None:
        super().__init__(on_error)
        self._reader = JatsReader(body, captions, tables, footnotes, citations, other_abstracts)

    def _read(self, source: Source) -> Iterator[Document]:
        name = _ENDING.sub("", Path(source.name).name)
        for record in _RECORDS.read(source):
            document: Optional[Document] = None
            with skippable(source, record.id, record.line):
                article = record.element()
                sub_articles = [*article.iterfind("sub-article"), *article.iterfind("response")]
                source.report.note(_SUB_ARTICLES, len(sub_articles))
                document = self._reader.read(article, name)
            if document is not None:
                source.report.note(_EMPTY, int(not document.text))
                yield document

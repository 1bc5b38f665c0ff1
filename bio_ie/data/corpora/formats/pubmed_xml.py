"""MEDLINE and PubMed as the National Library of Medicine publishes them."""

import copy
import re
from typing import Iterator, Optional, Sequence

from allennlp.common.checks import ConfigurationError

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.formats.pubmed_record import PubmedRecordReader
from bio_ie.data.corpora.formats.pubmed_versions import DELETIONS, LatestRecords
from bio_ie.files.bad_items import skippable
from bio_ie.files.input_files import InputFile
from bio_ie.files.source import Source
from bio_ie.files.xml_records import XmlRecords
from bio_ie.text.counted import Phrase
from bio_ie.text.document import Document

_IN_SETS = ("PubmedArticle", "PubmedBookArticle", *DELETIONS)
_RECORDS = XmlRecords(
    "a file of PubMed",
    {
        "PubmedArticleSet": _IN_SETS,
        "PubmedBookArticleSet": _IN_SETS,
        "MedlineCitationSet": ("MedlineCitation", *DELETIONS),
        "PubmedArticle": ("PubmedArticle",),
        "PubmedBookArticle": ("PubmedBookArticle",),
        "MedlineCitation": ("MedlineCitation",),
    },
    re.compile(rb"<PMID[^>]*>\s*(\d+)"),
)

_EMPTY = Phrase(
    "records have neither title nor abstract", one="record has neither title nor abstract"
)
_NOT_APPLIED = Phrase("deletions were not looked at", one="deletion was not looked at")


@CorpusFormat.register("pubmed_xml")
class PubmedXmlFormat(CorpusFormat):
    """Reads the baseline and update files of PubMed, and what its E-utilities give as XML: articles
    and books, one record at a time.

    Registered as a `CorpusFormat` with name "pubmed_xml". Reads a file, a glob pattern, or a folder
    with all its `.xml` and `.xml.gz` files. The id of a document is the PubMed id.

    The text is the title, a line break and the abstract. The title is a passage, and so is each
    section of the abstract; sections are joined by a space. The metadata of a section has its
    `label` and its `nlm_category`. A title in brackets, which is a translation, is kept as it is,
    with the metadata `translated`. A title that says that there is none (`[Not Available]`) is left
    out. White space is one space, markup is left out, and a formula is its text. Copyright,
    authors, affiliations, grants and references are not read.

    # Parameters

    versions : `str`, optional (default = `"last"`)
        `"last"` gives one document for each PubMed id: the last record of the corpus, unless a
        later file deletes it. Others are counted in the report. Each file is looked through before
        the first one is read, but for pipes, of which all records count. `"all"` gives a document
        for each record, and ignores deletions.
    labels_in_text : `bool`, optional (default = `False`)
        Whether a section of an abstract begins with its label (`RESULTS: `), as in PubTator's files
        and on PubMed's pages.
    other_abstracts : `bool`, optional (default = `False`)
        Whether abstracts of `OtherAbstract` (translations, summaries in plain language) follow as
        passages `other_abstract`, with their `kind` and `language`.
    on_error : `str`, optional (default = `"raise"`)
    """

    in_folders = ("*.xml", "*.xml.gz")

    def __init__(
        self,
        versions: str = "last",
        labels_in_text: bool = False,
        other_abstracts: bool = False,
        on_error: str = "raise",
    ) -> None:
        super().__init__(on_error)
        if versions not in ("last", "all"):
            raise ConfigurationError(f"versions must be 'last' or 'all', not {versions!r}")
        self._versions = versions
        self._reader = PubmedRecordReader(labels_in_text, other_abstracts)
        self._latest: Optional[LatestRecords] = None

    def for_files(self, files: Sequence[InputFile]) -> "PubmedXmlFormat":
        if self._versions == "all" or (self._latest is not None and self._latest.knows(files)):
            return self
        prepared = copy.copy(self)
        prepared._latest = LatestRecords(files, _RECORDS)
        prepared.is_part = True
        return prepared

    def _read(self, source: Source) -> Iterator[Document]:
        for index, record in enumerate(_RECORDS.read(source)):
            if record.tag in DELETIONS:
                if self._versions == "all":
                    source.report.note(_NOT_APPLIED, record.content.count(b"</PMID>"))
                continue
            if self._latest is not None:
                reason = self._latest.why_left_out(source.name, index, record)
                if reason is not None:
                    source.report.note(reason)
                    continue
            document: Optional[Document] = None
            with skippable(source, record.id, record.line):
                document = self._reader.read(record.element())
            if document is not None:
                source.report.note(_EMPTY, int(not document.text))
                yield document

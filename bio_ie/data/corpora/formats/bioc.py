"""BioC (Comeau et al., 2013) in XML and JSON, read and written with the `bioc` library."""

import re
from pathlib import Path
from typing import Any, Iterable, Iterator, List, Optional, Tuple

import bioc
from bioc import biocjson, biocxml
from lxml import etree

from bio_ie.data.corpora.concept_id_notation import DEFAULT_PREFIXES, ConceptIdNotation
from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.formats.bioc_json_values import complete_document, read_document_values
from bio_ie.data.corpora.formats.bioc_reader import BiocReader
from bio_ie.data.corpora.formats.bioc_writer import bioc_from_document
from bio_ie.files.atomic_output import atomic_writer
from bio_ie.files.bad_items import BadItem, skippable
from bio_ie.files.corpus_error import quoted
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.source import Source
from bio_ie.files.xml_elements import xml_elements
from bio_ie.text.document import Document

_SOURCE = "bio_ie"
"""The source of the collections that are written. Their date is empty, so that the same input gives
the same output."""

_LIBRARY_ERRORS = (
    KeyError, TypeError, ValueError, AttributeError, RecursionError, etree.XMLSyntaxError,
)  # fmt: skip
"""The errors that `bioc` raises for a document in which something is missing or of a wrong type."""

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class BiocFormat(CorpusFormat):
    """The base class of the XML and the JSON form of BioC.

    * Passages keep their offsets: a gap before a passage is filled with line breaks. A passage that
      begins inside the one before it is put behind that one. The infon `type` is the passage's
      type. A passage without infons becomes text without a `Passage`.
    * Offsets count characters. In a document with other characters than ASCII whose annotations
      are at the right places only if offsets count bytes or UTF-16 code units, they count these.
    * An annotation becomes a `Mention`. Several locations become its fragments. The infons `type`,
      `identifier`, `entity_id` and `score` become its fields, and other infons its metadata.
      (Metadata that is not text is written as JSON under `json:key`.)
    * A relation with two nodes becomes a `Relation`. Roles other than `head` and `tail` are kept as
      `metadata["roles"]`. The infon `directed` is `false` for an undirected relation. A relation
      without nodes becomes a `Fact` between its infons `entity1` and `entity2` (BioRED), or between
      the two infons that it has besides its type (BC5CDR). So does a relation with the infons
      `role1` and `role2` (PubTator 3). `FactArguments` says which concepts these are.
    * A repeated id of a document or an annotation gets the suffix `#2`. The ids of relations and
      the infons of the collection are not kept. Relations between more or fewer than two
      annotations, annotations without a place, and the infons of sentences are counted as lost.

    # Parameters

    identifier_keys : `List[str]`, optional (default = `["identifier", "MESH"]`)
        Infons of an annotation that can hold its concept ids. The first of them is written.
    strip_prefixes : `List[str]`, optional (default = `["UMLS:"]`)
        Prefixes of ids that the knowledge base does not use. They are removed when reading, and
        added again when writing.
    default_type : `str`, optional (default = `None`)
        The type of annotations without one. Without it, such an annotation is an error.
    on_error : `str`, optional (default = `"raise"`)
    """

    writable = True

    def __init__(
        self,
        identifier_keys: Optional[List[str]] = None,
        strip_prefixes: Optional[List[str]] = None,
        default_type: Optional[str] = None,
        on_error: str = "raise",
    ) -> None:
        super().__init__(on_error)
        self._default_type = default_type
        self._identifier_keys = identifier_keys or ["identifier", "MESH"]
        self._ids = ConceptIdNotation(
            DEFAULT_PREFIXES if strip_prefixes is None else strip_prefixes
        )

    def _read(self, source: Source) -> Iterator[Document]:
        reader = BiocReader(source, self._ids, self._identifier_keys, self._default_type)
        for line, value in self._values(source):
            document: Optional[Document] = None
            with skippable(source, line=line):
                parsed = self._parse(value)
                document_id = parsed.id
                if type(document_id) not in (str, int):
                    raise BadItem("a document without an id", quoted(document_id))
                document = reader.read(parsed, source.ids.reserve(str(document_id)), line)
            if document is not None:
                yield document

    def _parse(self, value: Any) -> bioc.BioCDocument:
        try:
            return self._decode(value)
        except _LIBRARY_ERRORS as error:
            detail = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise BadItem("not a BioC document", detail) from error

    def _values(self, source: Source) -> Iterator[Tuple[Optional[int], Any]]:
        """The line number and the undecoded form of each document."""
        raise NotImplementedError

    def _decode(self, value: Any) -> bioc.BioCDocument:
        raise NotImplementedError

    def _encode(self, document: Document, report: CorpusReport) -> bioc.BioCDocument:
        return bioc_from_document(document, self._ids, self._identifier_keys[0], report)


@CorpusFormat.register("bioc_xml")
class BiocXmlFormat(BiocFormat):
    """BioC XML, which is read and written one document at a time; see `BiocFormat`.

    Registered as a `CorpusFormat` with name "bioc_xml". Characters that XML forbids are written
    as `\\ufffd` and counted.
    """

    def _values(self, source: Source) -> Iterator[Tuple[Optional[int], str]]:
        for element in xml_elements(source, "document"):
            _add_absent(element)
            yield (
                element.sourceline,
                etree.tostring(element, encoding="unicode", with_tail=False),
            )

    def _decode(self, value: str) -> bioc.BioCDocument:
        return biocxml.loads(f"<collection>{value}</collection>").documents[0]

    def _write(self, documents: Iterable[Document], path: Path, report: CorpusReport) -> None:
        with atomic_writer(path) as file:
            writer = biocxml.BioCXMLDocumentWriter(file.buffer, encoding="UTF-8")  # type: ignore[attr-defined]
            collection = bioc.BioCCollection()
            collection.source, collection.date = _SOURCE, ""
            writer.write_collection_info(collection)
            for document in documents:
                writer.write_document(self._encode(_for_xml(document, report), report))
            writer.close()


@CorpusFormat.register("bioc_json")
class BiocJsonFormat(BiocFormat):
    """BioC JSON: a collection, an export of PubTator 3, a document, a list of these, or lines of
    these; see `BiocFormat`. Keys may be absent or null where there is nothing to say.

    Registered as a `CorpusFormat` with name "bioc_json". Writing has one document in memory at a
    time; reading has the whole file in memory.
    """

    streams = False

    def _values(self, source: Source) -> Iterator[Tuple[Optional[int], Any]]:
        return read_document_values(source)

    def _decode(self, value: Any) -> bioc.BioCDocument:
        return biocjson.fromJSON(complete_document(value), "BioCDocument")

    def _write(self, documents: Iterable[Document], path: Path, report: CorpusReport) -> None:
        collection = {"bioctype": "BioCCollection", "source": _SOURCE, "date": "", "key": ""}
        head = ", ".join(f'"{key}": "{value}"' for key, value in collection.items())
        with atomic_writer(path) as file:
            file.write("{" + head + ', "infons": {}, "documents": [')
            for index, document in enumerate(documents):
                encoded = biocjson.dumps(self._encode(document, report), ensure_ascii=False)
                file.write((",\n" if index else "\n") + encoded)
            file.write("\n]}\n")


def _add_absent(element: Any) -> None:
    """Adds the attributes that the standard lets be absent and `bioc` asks for."""
    for tag, key in (("annotation", "id"), ("node", "refid"), ("node", "role")):
        for part in element.iter(tag):
            if key not in part.attrib:
                part.set(key, "")


def _for_xml(document: Document, report: CorpusReport) -> Document:
    """Replaces characters that XML forbids, such as form feeds, and counts them."""
    value = document.to_json()
    for mention in value.get("mentions", ()):
        del mention["text"]
    count = 0

    def clean(part: Any) -> Any:
        nonlocal count
        if isinstance(part, str):
            part, found = _NO_XML.subn("\ufffd", part)
            count += found
        elif isinstance(part, list):
            return [clean(item) for item in part]
        elif isinstance(part, dict):
            return {clean(key): clean(item) for key, item in part.items()}
        return part

    cleaned = clean(value)
    report.lose("characters that XML forbids", f"document {document.id!r}", count)
    return Document.from_json(cleaned) if count else document

"""The text of an article in JATS, passage by passage."""

import re
from typing import Any, Dict, List, Optional, Sequence

from bio_ie.data.corpora.formats.passage_text import PassageText
from bio_ie.data.corpora.formats.xml_text import one_line, raw_text, text_of

_FLOATS = (
    "fig", "fig-group", "table-wrap", "table-wrap-group", "supplementary-material", "media",
    "graphic", "chem-struct-wrap",
)  # fmt: skip
_BLOCKS = (
    "list", "def-list", "disp-quote", "boxed-text", "statement", "verse-group", "speech", "p",
    "disp-formula-group", "array", "preformat", "code",
)  # fmt: skip
"""What can be inside of a paragraph, and ends its text before it and begins a new one behind it."""
_AROUND = ("list", "disp-quote", "statement", "speech", "verse-group", "disp-formula-group", "def")
"""What has no text of its own but blocks."""
_NOT_READ = (
    "title", "label", "ref-list", "sec-meta", "object-id", "attrib", "permissions", "index-term",
    "kwd-group", "related-article", "alt-text", "long-desc",
)  # fmt: skip
_FORMULAS = ("alternatives", "inline-formula", "disp-formula", "chem-struct")
_NO_TEXT = (
    "graphic", "inline-graphic", "object-id", "index-term", "alt-text", "long-desc",
    "private-char", "inline-supplementary-material",
)  # fmt: skip
_MARKERS = ("bibr", "fn", "table-fn", "corresp", "aff", "author-notes")

_WORD = re.compile(r"[^\W\d_]{2,}")
_IN_BRACKETS = re.compile(
    r"\s*[\[(](?=[^\])]*\x01)"
    r"(?:[\s\x01,;–—−&-]|\b(?:and|see|also|e\.g\.|cf\.|reviewed in|refs?\b\.?))+[\])]",
    re.I,
)
_IN_A_ROW = re.compile(r"\s*(?:[,;]\s*\x01(?=[^\[(]*[\])])|\x01)(?:\s*(?:[,;–—−-]\s*)?\x01)*")
_TEX = re.compile(r"\\begin\s*\{document\}(.*)\\end\s*\{document\}", re.S)


class JatsText:
    """Adds the elements of an article to a text.

    # Parameters

    passages : `PassageText`
        The text that grows.
    captions, tables, footnotes, citations : `bool`
        See `JatsFormat`.
    """

    def __init__(
        self, passages: PassageText, captions: bool, tables: bool, footnotes: bool, citations: bool
    ) -> None:
        self._passages = passages
        self._captions = captions
        self._tables = tables
        self._footnotes = footnotes
        self._citations = citations

    def add_blocks(
        self, parent: Any, type_: str = "paragraph", metadata: Optional[Dict[str, Any]] = None
    ) -> None:
        """Adds what is in an element: sections, paragraphs, lists, boxes, figures, tables."""
        for element in parent:
            self.add_block(element, type_, metadata or {})

    def add_block(self, element: Any, type_: str, metadata: Dict[str, Any]) -> None:
        """Adds one element. Its paragraphs become passages of a type, with metadata."""
        tag = element.tag
        if tag in ("sec", "boxed-text"):
            self._add_section(element, type_, metadata)
        elif tag in _FLOATS:
            self._add_float(element, metadata)
        elif tag in ("fn", "fn-group"):
            self._add_footnotes([element], metadata)
        elif tag == "list-item":
            self.add_blocks(element, "list_item" if type_ == "paragraph" else type_, metadata)
        elif tag == "def-list":
            for item in element.iterfind("def-item"):
                self._add_definition(item, type_, metadata)
        elif tag in _AROUND:
            self.add_blocks(element, type_, metadata)
        elif tag not in _NOT_READ:
            self._add_paragraph(element, type_, metadata)

    def inline(self, element: Any) -> str:
        """The text of an element that is no block, such as a title."""
        if element is None:
            return ""
        inline = _Inline(self._citations, are_blocks_apart=False)
        return _without_markers(raw_text(element, inline))

    def _add_section(self, section: Any, type_: str, metadata: Dict[str, Any]) -> None:
        title_of = section.find("title")
        if title_of is None:
            title_of = section.find("caption/title")
        title = self.inline(title_of)
        inner = dict(metadata)
        if title:
            inner["section"] = [*metadata.get("section", ()), title]
        if section.get("sec-type"):
            inner["sec_type"] = section.get("sec-type")
        self._passages.add("section_title", title, inner)
        for element in section:
            if element.tag == "caption":
                self.add_blocks(element, type_, inner)
            else:
                self.add_block(element, type_, inner)

    def _add_paragraph(self, paragraph: Any, type_: str, metadata: Dict[str, Any]) -> None:
        inline = _Inline(self._citations)
        for number, part in enumerate(raw_text(paragraph, inline).split("\0")):
            self._passages.add(type_, _without_markers(part), metadata)
            if number < len(inline.blocks):
                self.add_block(inline.blocks[number], type_, metadata)
        for element in inline.floats:
            self._add_float(element, metadata)
        self._add_footnotes(inline.footnotes, metadata)

    def _add_definition(self, item: Any, type_: str, metadata: Dict[str, Any]) -> None:
        term = self.inline(item.find("term"))
        meaning = " ".join(filter(None, (self.inline(part) for part in item.iterfind("def"))))
        type_ = "list_item" if type_ == "paragraph" else type_
        self._passages.add(type_, ": ".join(filter(None, (term, meaning))), metadata)

    def _add_float(self, element: Any, metadata: Dict[str, Any]) -> None:
        label = text_of(element.find("label"))
        named = {**metadata, "label": label}
        for caption in element.iterfind("caption") if self._captions else ():
            for part in caption:
                self._add_paragraph(part, "caption", named)
        for inner in element:
            if inner.tag in _FLOATS:
                self._add_float(inner, metadata)
        if self._tables:
            self._add_cells(element, named)
        self._add_footnotes(element.findall("table-wrap-foot"), named)

    def _add_cells(self, wrap: Any, metadata: Dict[str, Any]) -> None:
        tables = [*wrap.iterfind("table"), *wrap.iterfind("alternatives/table")]
        rows = (row for table in tables for row in table.iter("tr", "row"))
        for row_number, row in enumerate(rows, 1):
            column, before = 1, "\n"
            for cell in row:
                if cell.tag not in ("td", "th", "entry"):
                    continue
                place = {**metadata, "row": row_number, "column": column}
                text = self.inline(cell)
                self._passages.add("table_cell", text, place, before)
                before = " " if text else before
                span = cell.get("colspan", "1")
                column += int(span) if span.isdecimal() and len(span) < 5 else 1

    def _add_footnotes(self, elements: Sequence[Any], metadata: Dict[str, Any]) -> None:
        for element in elements if self._footnotes else ():
            for paragraph in element.iter("p"):
                self._passages.add("footnote", self.inline(paragraph), metadata)


def _without_markers(text: str) -> str:
    """The text on one line, without the places of markers and without the brackets around them."""
    if "\x01" in text:
        text = _IN_A_ROW.sub("", _IN_BRACKETS.sub("", text))
    return one_line(text)


class _Inline:
    """What stands in a text for an element in it (`OfChild`), and what it leaves for later:
    `blocks`, `floats` and `footnotes`.

    XML has no control characters, so two of them mark places: that of a block (`\\0`), and that of
    the marker of a reference or a footnote (`\\1`).

    # Parameters

    citations : `bool`
        Whether markers stay in the text.
    are_blocks_apart : `bool`, optional (default = `True`)
        Whether blocks are left for later. Otherwise they are part of the text.
    """

    def __init__(self, citations: bool, are_blocks_apart: bool = True) -> None:
        self._citations = citations
        self._are_blocks_apart = are_blocks_apart
        self.blocks: List[Any] = []
        self.floats: List[Any] = []
        self.footnotes: List[Any] = []

    def __call__(self, element: Any) -> Optional[str]:
        tag = element.tag
        if tag in _BLOCKS and not self._are_blocks_apart:
            return f" {raw_text(element, self)} "
        if tag in _BLOCKS:
            self.blocks.append(element)
            return "\0"
        if tag in _FLOATS and tag not in _NO_TEXT:
            self.floats.append(element)
            return ""
        if tag == "fn":
            self.footnotes.append(element)
            return ""
        if tag == "xref":
            return self._reference(element)
        if tag == "tex-math":
            return _tex(element)
        if tag == "label":
            parent = element.getparent()
            return "" if parent is not None and parent.tag in _FORMULAS else None
        return "" if tag in _NO_TEXT else None

    def _reference(self, xref: Any) -> Optional[str]:
        if self._citations or xref.get("ref-type") not in _MARKERS:
            return None
        # A marker is a number, a letter or a sign. Names of authors are part of the text.
        return None if _WORD.search("".join(xref.itertext())) else "\x01"


def _tex(element: Any) -> str:
    """The text of a formula in TeX; empty if the same formula is there in MathML, too."""
    around = element.getparent()
    while around is not None and around.tag in _FORMULAS:
        if next(around.iter("math"), None) is not None:
            return ""
        around = around.getparent()
    content = "".join(element.itertext())
    document = _TEX.search(content)
    return (document[1] if document else content).strip().strip("$").strip()

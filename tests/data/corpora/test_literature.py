"""Documents of published literature: written in other formats and read again, read from generated
XML, and in bounded memory."""

import tracemalloc
import unicodedata
from pathlib import Path
from typing import List, Tuple
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bio_ie.data.corpora import CorpusFormat, JatsFormat, PubmedXmlFormat
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.text.document import Document

FORMATS = ("pubmed_xml", "jats")
EVERYTHING = {
    "pubmed_xml": PubmedXmlFormat(labels_in_text=True, other_abstracts=True, versions="all"),
    "jats": JatsFormat(captions=True, tables=True, footnotes=True, other_abstracts=True),
}

fast = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


def written_and_read(documents: List[Document], name: str, path: Path) -> List[Document]:
    CorpusFormat.by_name(name)().write(documents, path)
    return list(CorpusFormat.by_name(name)().read(path))


@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("other", ["jsonl", "bioc_json", "bioc_xml"])
def test_other_formats_hold_texts_passages_and_metadata(
    name: str, other: str, fixtures_folder: Path, tmp_path: Path
) -> None:
    documents = list(EVERYTHING[name].read(fixtures_folder / "corpora" / name))
    assert written_and_read(documents, other, tmp_path / "x") == documents


@pytest.mark.parametrize("name", FORMATS)
def test_pubtator_holds_offsets(name: str, fixtures_folder: Path, tmp_path: Path) -> None:
    documents = list(EVERYTHING[name].read(fixtures_folder / "corpora" / name))
    back = written_and_read(documents, "pubtator", tmp_path / "x")
    assert [d.id for d in back] == [d.id for d in documents]
    for one, other in zip(documents, back, strict=True):
        assert other.text.replace("\n", " ") == one.text.replace("\n", " ")


def test_pubtator_loses_no_line_break_of_an_abstract(fixtures_folder: Path, tmp_path: Path) -> None:
    documents = list(PubmedXmlFormat().read(fixtures_folder / "corpora" / "pubmed_xml"))
    report = CorpusFormat.by_name("pubtator")().write(documents, tmp_path / "x")
    assert "line breaks of a text cannot be written" not in report.lost
    back = list(CorpusFormat.by_name("pubtator")().read(tmp_path / "x"))
    assert [d.text for d in back] == [d.text for d in documents]


# Generated records

XML = st.characters(
    codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"
)
TEXT = st.text(st.sampled_from("aβ1 .\n\t<&\u2009\xad\u200b\xa0'\"]") | XML, max_size=12)
PIECES = st.lists(st.tuples(st.sampled_from(["", "i", "sup", "sub"]), TEXT), max_size=4)

Pieces = List[Tuple[str, str]]


def xml_of(pieces: Pieces) -> str:
    return "".join(f"<{t}>{escape(s)}</{t}>" if t else escape(s) for t, s in pieces)


def shown(pieces: Pieces) -> str:
    """What a reader sees of a text: no format characters, one space for all white space."""
    text = "".join(text for _, text in pieces).replace("\r", "\n")
    unseen = {"\xad", "\u200b", "\ufeff", "\u200e", "\u200f", "\u2060"}
    unseen.update(map(chr, [*range(0x202A, 0x202F), *range(0x2060, 0x206A)]))
    assert all(unicodedata.category(character) in ("Cf", "Cn") for character in unseen)
    return " ".join("".join(c for c in text if c not in unseen).split())


def check(document: Document, expected: List[Tuple[str, str]]) -> None:
    found = [(p.type, document.text[p.start : p.end]) for p in document.passages]
    assert found == [(type_, text) for type_, text in expected if text]
    assert Document.from_json(document.to_json()) == document
    covered = sum(p.end - p.start for p in document.passages)
    assert len(document.text) == covered + max(0, len(document.passages) - 1)


@fast
@given(PIECES, st.lists(st.tuples(TEXT, PIECES), max_size=3))
def test_generated_records_of_pubmed(
    tmp_path_factory: pytest.TempPathFactory, title: Pieces, sections: List[Tuple[str, Pieces]]
) -> None:
    abstract = "".join(
        f"<AbstractText Label={quoteattr(label)}>{xml_of(pieces)}</AbstractText>"
        for label, pieces in sections
    )
    path = tmp_path_factory.mktemp("x") / "x.xml"
    path.write_text(
        "<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>1</PMID><Article><ArticleTitle>"
        f"{xml_of(title)}</ArticleTitle><Abstract>{abstract}</Abstract></Article>"
        "</MedlineCitation></PubmedArticle></PubmedArticleSet>",
        encoding="utf-8",
    )
    (document,) = PubmedXmlFormat().read(path)
    texts = [("abstract", shown(pieces)) for _, pieces in sections]
    check(document, [("title", shown(title)), *texts])


@fast
@given(PIECES, st.lists(st.tuples(PIECES, st.lists(PIECES, max_size=2)), max_size=3))
def test_generated_articles(
    tmp_path_factory: pytest.TempPathFactory,
    title: Pieces,
    sections: List[Tuple[Pieces, List[Pieces]]],
) -> None:
    body = "".join(
        f"<sec><title>{xml_of(name)}</title>{''.join(f'<p>{xml_of(p)}</p>' for p in paragraphs)}"
        "</sec>"
        for name, paragraphs in sections
    )
    path = tmp_path_factory.mktemp("x") / "x.xml"
    path.write_text(
        f"<article><front><article-meta><title-group><article-title>{xml_of(title)}"
        f"</article-title></title-group></article-meta></front><body>{body}</body></article>",
        encoding="utf-8",
    )
    (document,) = JatsFormat().read(path)
    expected = [("title", shown(title))]
    for name, paragraphs in sections:
        expected.append(("section_title", shown(name)))
        expected.extend(("paragraph", shown(pieces)) for pieces in paragraphs)
    check(document, expected)


# Memory


def peak_memory(path: Path, number: int) -> int:
    record = (
        "<PubmedArticle><MedlineCitation><PMID>{}</PMID><Article><ArticleTitle>Zolamin.</ArticleTitle>"
        f"<Abstract><AbstractText>{'It eased ache. ' * 100}</AbstractText></Abstract></Article>"
        "</MedlineCitation></PubmedArticle>\n"
    )
    with open(path, "w", encoding="utf-8") as file:
        file.write("<PubmedArticleSet>\n")
        file.writelines(record.format(10_000_000 + n) for n in range(number))
        file.write("</PubmedArticleSet>\n")
    tracemalloc.start()
    found = sum(1 for _ in PubmedXmlFormat().read(path, CorpusReport()))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found == number
    return peak


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    peak_memory(tmp_path / "warm", 100)
    few, many = peak_memory(tmp_path / "few", 300), peak_memory(tmp_path / "many", 6000)
    # The larger file has 9 MB more. What grows is what is known of ids: a few bytes each.
    assert many - few < 200_000

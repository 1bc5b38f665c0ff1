import io
import tarfile
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

import pytest
from allennlp.common import Params

from bio_ie.data.corpora import CorpusFormat
from bio_ie.data.corpora.formats.jats import JatsFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.text.document import Document


@pytest.fixture
def folder(fixtures_folder: Path) -> Path:
    return fixtures_folder / "corpora" / "jats"


def passages(document: Document, *types: str) -> List[Tuple[str, str]]:
    return [
        (p.type, document.text[p.start : p.end])
        for p in document.passages
        if not types or p.type in types
    ]


def article(body: str = "", title: str = "Zolamin", ids: str = "", more: str = "") -> str:
    return (
        f"<article><front><article-meta>{ids}<title-group><article-title>{title}</article-title>"
        f"</title-group>{more}</article-meta></front><body>{body}</body></article>"
    )


def read(path: Path, content: Optional[str] = None, **options: Any) -> List[Document]:
    if content is not None:
        path.write_text(content, encoding="utf-8")
    return list(JatsFormat(**options).read(path))


def body(tmp_path: Path, content: str, **options: Any) -> List[str]:
    (document,) = read(tmp_path / "x.xml", article(content, title=""), **options)
    return [text for _, text in passages(document)]


# Text


def test_passages_of_an_article(folder: Path) -> None:
    first = read(folder / "PMC9900001.nxml")[0]
    assert passages(first) == [
        ("title", "Zolamin in zelosis: a trial"),
        ("abstract", "To ease ache in 1.73 m2 of skin."),
        ("abstract", "Ache eased."),
        ("abstract", "Nobody slept."),
        ("abstract", "A pill helped."),
        ("paragraph", "An opening without a section."),
        ("section_title", "Background"),
        (
            "paragraph",
            "Zelosis is rare. Bexol helps (see Fig. 1), as Quill et al. (2001) found.",
        ),
        ("paragraph", "Criteria were:"),
        ("list_item", "ache,"),
        ("list_item", "no sleep:"),
        ("list_item", "at night"),
        ("paragraph", "and age."),
        ("section_title", "Methods"),
        ("section_title", "Dose of zolamin"),
        ("paragraph", "It was α2 or \\beta units, y=x each day."),
        ("list_item", "BEX: bexol"),
        ("section_title", "Box 1"),
        ("paragraph", "Bexol is a pill."),
        ("paragraph", "“I slept.”"),
    ]
    assert first.text == "\n".join(text for _, text in passages(first))


def test_sections_labels_and_kinds_are_metadata_of_passages(folder: Path) -> None:
    first = read(folder / "PMC9900001.nxml")[0]
    found: Dict[str, Any] = {first.text[p.start : p.end]: p.metadata for p in first.passages}
    assert found["Zolamin in zelosis: a trial"] is None
    assert found["Nobody slept."] == {"label": "Results"}
    assert found["A pill helped."] == {"kind": "summary"}
    assert found["at night"] == {"section": ["Background"], "sec_type": "intro"}
    section = ["Methods", "Dose of zolamin", "Box 1"]
    assert found["Bexol is a pill."] == {"section": section, "sec_type": "methods"}


def test_only_titles_and_abstracts_without_the_body(folder: Path) -> None:
    first = read(folder / "PMC9900001.nxml", body=False, other_abstracts=True)[0]
    assert [type_ for type_, _ in passages(first)] == ["title", *["abstract"] * 4, "other_abstract"]
    assert first.passages[-1].metadata == {"language": "de"}


def test_captions_cells_and_footnotes_if_asked_for(folder: Path) -> None:
    path = folder / "PMC9900001.nxml"
    kinds = ("caption", "table_cell", "footnote")
    assert not passages(read(path)[0], *kinds)
    captions = ["Sleep", "By day.", "Doses by age", "Ache by day."]
    assert passages(read(path, captions=True)[0], *kinds) == [("caption", c) for c in captions]
    notes = ["Nobody else did.", "Of patients.", "To whom letters go."]
    assert passages(read(path, footnotes=True)[0], *kinds) == [("footnote", n) for n in notes]
    with_cells = read(path, tables=True)[0]
    cells = [p for p in with_cells.passages if p.type == "table_cell"]
    assert [with_cells.text[p.start : p.end] for p in cells] == [
        "Drug",
        "Age",
        "zolamin",
        "9 years",
    ]
    assert "Drug Age\nzolamin 9 years" in with_cells.text
    places = [((p.metadata or {})["row"], (p.metadata or {})["column"]) for p in cells]
    assert places == [(1, 1), (1, 3), (2, 1), (2, 3)]
    assert all((p.metadata or {})["label"] == "Table 1" for p in cells)


@pytest.mark.parametrize(
    ("written", "without"),
    [
        ("ache {1}.", "ache."),
        ("ache<sup>{1},{2}</sup>.", "ache."),
        ("ache<sup>[{1}–{3}]</sup> and", "ache and"),
        ("ache [{1}, {2}] and", "ache and"),
        ("ache ({1}; see also {2}), and", "ache, and"),
        ("ache (ref. {1})", "ache"),
        ("ache (Table 1; {1})", "ache (Table 1)"),
        ("[at night] {1} and [by day]", "[at night] and [by day]"),
        ("ache ({Quill 2001})", "ache (Quill 2001)"),
        ("{Quill et al.} [{3}] say", "Quill et al. say"),
        ("ache {*}{a}", "ache"),
    ],
)
def test_numbers_of_references_are_left_out(written: str, without: str, tmp_path: Path) -> None:
    marked = written.replace("{", '<xref ref-type="bibr" rid="B">').replace("}", "</xref>")
    with_numbers = written.replace("{", "").replace("}", "")
    for tag in ("<sup>", "</sup>"):
        with_numbers = with_numbers.replace(tag, "")
    assert body(tmp_path, f"<p>{marked}</p>") == [without]
    assert body(tmp_path, f"<p>{marked}</p>", citations=True) == [with_numbers]


MATH = '<mml:math xmlns:mml="http://www.w3.org/1998/Math/MathML">{}</mml:math>'


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (MATH.format("<mml:mi>x</mml:mi>\n <mml:mo>=</mml:mo>\n <mml:mn>5</mml:mn>"), "x=5"),
        (MATH.format("<mml:mfrac><mml:mn>1</mml:mn><mml:mn>2</mml:mn></mml:mfrac>"), "1/2"),
        (
            MATH.format(
                "<mml:semantics><mml:mi>α</mml:mi><mml:annotation>\\alpha</mml:annotation>"
                "<mml:annotation-xml><mml:ci>α</mml:ci></mml:annotation-xml></mml:semantics>"
            ),
            "α",
        ),
        ("<mml:math><mml:mi>x</mml:mi></mml:math>", "x"),
        ("<tex-math>$x^2$</tex-math>", "x^2"),
        (
            "<tex-math><![CDATA[\\begin{document}$$a &alpha; b$$\\end{document}]]></tex-math>",
            "a &alpha; b",
        ),
        (f"<tex-math>x</tex-math>{MATH.format('<mml:mi>y</mml:mi>')}", "y"),
        (f"n = {MATH.format('<mml:mn>5</mml:mn>')}", "n = 5"),
    ],
)
@pytest.mark.parametrize("around", ["inline-formula", "disp-formula"])
def test_a_formula_is_its_text_once(
    written: str, expected: str, around: str, tmp_path: Path
) -> None:
    formula = f"<{around}><label>(1)</label>{written}</{around}>"
    if around == "inline-formula":
        formula = f" {formula.replace('<label>(1)</label>', '')} "
    assert body(tmp_path, f"<p>a{formula}b</p>") == [f"a {expected} b"]
    alternatives = f"<{around}><alternatives>{written}<graphic/></alternatives></{around}>"
    assert body(tmp_path, f"<sec>{alternatives}</sec>") == [expected]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("<p>a<break/>b &nbsp;&thinsp; c</p>", ["a b c"]),
        ("<p/><p> </p><p>a</p>", ["a"]),
        ("<p>a<disp-quote><p>b</p></disp-quote><boxed-text><p>c</p></boxed-text>d</p>", [*"abcd"]),
        (
            "<verse-group><verse-line>a</verse-line><verse-line>b</verse-line></verse-group>",
            [*"ab"],
        ),
        ("<sec><title>T</title><sec><p>a</p></sec></sec>", ["T", "a"]),
        ("<p>a <fig><caption><p>no</p></caption></fig> b</p>", ["a b"]),
        (
            "<p>See <ext-link>x.invalid</ext-link>, <email>a@x.invalid</email></p>",
            ["See x.invalid, a@x.invalid"],
        ),
        ("<p>a<index-term><term>no</term></index-term> b<!-- no --></p>", ["a b"]),
        ("<statement><label>1</label><title>no</title><p>a</p></statement>", ["a"]),
    ],
)
def test_elements_of_the_body(written: str, expected: List[str], tmp_path: Path) -> None:
    assert body(tmp_path, written) == expected


# Metadata and ids


def test_metadata_of_an_article(folder: Path) -> None:
    first, second, third = read(folder)
    assert first.metadata == {
        "pmcid": "PMC9900001",
        "pmid": "98000011",
        "doi": "10.0000/jats.1",
        "journal": "Letters of Invented Medicine",
        "year": 2019,
        "article_type": "research-article",
        "languages": ["en"],
        "subjects": ["Research"],
        "keywords": ["ache", "zelosis"],
        "translated_titles": ["Zolamin bei Zelose"],
        "license": "https://license.invalid/by/4.0/",
        "related_articles": [{"type": "corrected-article", "id": "10.0000/jats.0"}],
    }
    assert (second.id, second.text) == (
        "PMC9900002",
        "Does it ache? A letter\nNo paragraph here.",
    )
    assert second.metadata["journal"] == "Older Tags"
    assert (third.id, third.text) == ("98000012", "A case\nБоль прошла & вернулась.")


@pytest.mark.parametrize(
    ("ids", "expected"),
    [
        ([("pmid", "7"), ("pmc", "12")], "PMC12"),
        ([("pmc", "PMC12")], "PMC12"),
        ([("pmcid", "PMC12"), ("pmcid-ver", "PMC12.1")], "PMC12"),
        ([("doi", "10.0/x"), ("pmid", "7")], "7"),
        ([("doi", "10.0/x"), ("publisher-id", "a1")], "10.0/x"),
        ([("publisher-id", "a1")], "name"),
    ],
)
def test_ids(ids: List[Tuple[str, str]], expected: str, tmp_path: Path) -> None:
    written = "".join(f'<article-id pub-id-type="{t}">{i}</article-id>' for t, i in ids)
    (document,) = read(tmp_path / "name.nxml", article("<p>a</p>", ids=written))
    assert document.id == expected


# Files


def test_sub_articles_are_counted(folder: Path) -> None:
    report = CorpusReport()
    list(JatsFormat().read(folder / "PMC9900001.nxml", report))
    expected = "  1 sub-article (a review, a reply or a translation) was left out"
    assert report.note_lines() == [expected]


@pytest.mark.parametrize(
    "content",
    [
        '<OAI-PMH xmlns="http://x.invalid/oai"><ListRecords><record><header><identifier>oai:1'
        '</identifier></header><metadata><article xmlns="http://x.invalid/jats">{}</article>'
        "</metadata></record></ListRecords></OAI-PMH>",
        '<j:article xmlns:j="http://x.invalid/jats">{}</j:article>',
        "<?xml version='1.0'?><!DOCTYPE article [<!ELEMENT p ANY>]><article>{}</article>",
        "<pmc-articleset><Reply Id='1'/><article>{}</article></pmc-articleset>",
    ],
)
def test_what_may_be_around_an_article(content: str, tmp_path: Path) -> None:
    inner = article("<p>a</p>").removeprefix("<article>").removesuffix("</article>")
    if "j:" in content:
        inner = inner.replace("</", "</j:").replace("<", "<j:").replace("<j:/j:", "</j:")
    (document,) = read(tmp_path / "x", content.format(inner))
    assert document.text == "Zolamin\na"


def test_articles_one_after_the_other(tmp_path: Path) -> None:
    one = '<?xml version="1.0"?>\n<!DOCTYPE article SYSTEM "x.dtd">\n' + article("<p>a</p>")
    assert [d.id for d in read(tmp_path / "x.xml", f"{one}\n{one}\n")] == ["x", "x#2"]


def test_format_is_built_from_a_config(tmp_path: Path) -> None:
    params = {"type": "jats", "captions": True, "on_error": "skip"}
    (tmp_path / "a.nxml").write_text(article("<p>a & b</p>"))
    (tmp_path / "b.nxml").write_text(article("<fig><caption><p>c</p></caption></fig>"))
    (tmp_path / "c.txt").write_text("no article")
    (document,) = CorpusFormat.from_params(Params(params)).read(tmp_path)
    assert document.text == "Zolamin\nc"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<html/>", "not a JATS file: its root is <html>, not <article>"),
        ("<PubmedArticleSet/>", "The format 'pubmed_xml' reads it"),
        ("prose", "no XML: it begins with 'prose'"),
        (article("<p>a & b</p>"), "record is not valid XML"),
        (article("<p>a &e;</p>"), "XML entities are not read: &e;"),
        (article("<p>a</p>")[:-30], "x:1: the file breaks off in this record"),
        ("<pmc-articleset></pmc-articleset>", "no document was found"),
    ],
)
def test_errors_name_what_was_found(content: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=reason):
        read(tmp_path / "x", content)


def test_an_archive_of_files_has_to_be_unpacked(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x.tar.gz", "w:gz") as archive:
        content = article("<p>a</p>").encode()
        member = tarfile.TarInfo("PMC1.xml")
        member.size = len(content)
        archive.addfile(member, io.BytesIO(content))
    with pytest.raises(CorpusError, match="a tar archive, which has to be unpacked"):
        read(tmp_path / "x.tar.gz")

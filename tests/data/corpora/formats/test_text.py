from pathlib import Path
from typing import List, Tuple

import pytest
from allennlp.common.checks import ConfigurationError

from bio_ie.data.corpora.formats.text import TextFormat
from bio_ie.files.corpus_error import CorpusError


def read(path: Path, unit: str) -> List[Tuple[str, str]]:
    return [(document.id, document.text) for document in TextFormat(unit).read(path)]


def test_file_is_one_document_kept_as_it_is(tmp_path: Path) -> None:
    content = "\ufeff a\r\n\r\nb\u2028\x85\n"
    (tmp_path / "notes.txt").write_bytes(content.encode())
    assert read(tmp_path / "notes.txt", "file") == [("notes", content[1:])]


def test_lines_and_paragraphs_are_numbered_by_where_they_begin(fixtures_folder: Path) -> None:
    path = fixtures_folder / "corpora" / "text" / "notes.txt"
    first, second, third = (
        "The patient tolerated zelorvine well.",
        "No rash.",
        "A week later, sodium was 128 mmol/l.",
    )
    assert read(path, "line") == [("notes:1", first), ("notes:2", second), ("notes:4", third)]
    assert read(path, "paragraph") == [("notes:1", f"{first}\n{second}"), ("notes:4", third)]


def test_unknown_unit_is_a_configuration_error() -> None:
    with pytest.raises(ConfigurationError, match="'page'"):
        TextFormat("page")


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("x.xml", '<?xml version="1.0"?>\n<page/>', "XML"),
        ("x", "\ufeff\n<article><p>Orvexin</p></article>", r"XML \(format 'jats'\)"),
        (
            "x",
            '<?xml version="1.0"?>\n<!-- <a> -->\n<!DOCTYPE PubmedArticleSet SYSTEM "x">\n'
            "<PubmedArticleSet>",
            r"XML \(format 'pubmed_xml'\)",
        ),
        ("x", "<collection><source/>", r"XML \(format 'bioc_xml'\)"),
        ("x", '<sentence id="s0" text="Orvexin">', "XML"),
        ("x", '{"documents": [\n', "JSON"),
        ("x", '[{"title": "T1", "sents": [["Orvexin"]]}]', "JSON"),
        ("x", '["Orvexin", "eases"]', "JSON"),
        ("x.tsv", "-DOCSTART-\tO\n\nOrvexin\tB-Chemical\neases\tO\n", "columns"),
        ("x.conll", "Orvexin NN B-NP B-Chemical\neases VB B-VP O\n\nIt PR B-NP O\n", "columns"),
        ("x.tsv", "a\tb\nc\td\ne\tf\n", "columns"),
        ("x", "7|t|Orvexin\n7|a|It eases.\n", "PubTator"),
        ("x.ann", "T1\tDrug 0 7\tOrvexin\n", "an annotation file"),
        ("x.a1", "", "an annotation file"),
    ],
)
def test_what_is_no_plain_text_is_refused_unless_told(
    name: str, content: str, kind: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(CorpusError, match=rf"{name}: not plain text: it seems to be {kind}\."):
        list(TextFormat().read(tmp_path / name))
    if content:
        assert len(list(TextFormat(any_content=True).read(tmp_path / name))) == 1


@pytest.mark.parametrize(
    "content",
    [
        "<5 % of the patients had ache.",
        "[Orvexin in zelosis].\n[1] It eased ache.",
        '"Orvexin" eased ache.',
        "I\nO\nIt was type O",
        "Ache:\tmild\n\nRash:\tsevere\n",
        "{ a } is a set.",
        "Result\nGroup O\nGroup A\n",
    ],
)
def test_prose_is_a_text_however_it_begins(content: str, tmp_path: Path) -> None:
    (tmp_path / "x").write_text(content)
    assert read(tmp_path / "x", "file") == [("x", content)]

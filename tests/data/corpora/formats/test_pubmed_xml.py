import gzip
import os
import pickle
import random
import threading
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError

from bio_ie.data.corpora import CorpusFormat
from bio_ie.data.corpora.formats.pubmed_xml import PubmedXmlFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.text.document import Document


@pytest.fixture
def folder(fixtures_folder: Path) -> Path:
    return fixtures_folder / "corpora" / "pubmed_xml"


@pytest.fixture
def documents(folder: Path) -> Dict[str, Document]:
    return {document.id: document for document in PubmedXmlFormat().read(folder)}


def article(pmid: object, title: str = "Zolamin.", version: int = 1, more: str = "") -> str:
    return (
        f'<PubmedArticle><MedlineCitation><PMID Version="{version}">{pmid}</PMID><Article>'
        f"<ArticleTitle>{title}</ArticleTitle>{more}</Article></MedlineCitation></PubmedArticle>\n"
    )


def in_set(*records: str, root: str = "PubmedArticleSet") -> str:
    return f"<?xml version='1.0'?>\n<{root}>\n{''.join(records)}</{root}>\n"


def deletion(*pmids: int) -> str:
    inside = "".join(f'<PMID Version="1">{pmid}</PMID>' for pmid in pmids)
    return f"<DeleteCitation>{inside}</DeleteCitation>\n"


def read(
    path: Path, content: Optional[str] = None, report: Optional[CorpusReport] = None, **options: Any
) -> List[Tuple[str, str]]:
    if content is not None:
        path.write_text(content, encoding="utf-8")
    found = PubmedXmlFormat(**options).read(path, report)
    return [(document.id, document.text) for document in found]


def passages(document: Document) -> List[Tuple[str, str, Optional[Dict[str, Any]]]]:
    return [(p.type, document.text[p.start : p.end], p.metadata) for p in document.passages]


# Text


def test_title_and_sections_of_the_abstract_are_passages(documents: Dict[str, Document]) -> None:
    first = documents["98000001"]
    aim = "To ease ache in 1.73 m2 of skin."
    results = "Zolamin eased ache (P < 0.05; H2O; n = 12). TNF-α rose."
    title = "Zolamin & BEXO1 in zelosis: a 3H-labelled trial."
    assert first.text == f"{title}\n{aim} {results}"
    assert passages(first) == [
        ("title", title, None),
        ("abstract", aim, {"label": "AIM", "nlm_category": "OBJECTIVE"}),
        ("abstract", results, {"label": "RESULTS", "nlm_category": "RESULTS"}),
    ]


def test_labels_are_in_the_text_if_asked_for(folder: Path) -> None:
    first = next(iter(PubmedXmlFormat(labels_in_text=True).read(folder)))
    assert [text for _, text, _ in passages(first)][1:] == [
        "AIM: To ease ache in 1.73 m2 of skin.",
        "RESULTS: Zolamin eased ache (P < 0.05; H2O; n = 12). TNF-α rose.",
    ]


def test_other_abstracts_follow_if_asked_for(folder: Path) -> None:
    first = next(iter(PubmedXmlFormat(other_abstracts=True).read(folder)))
    spanish = {"kind": "Publisher", "language": "spa", "label": "OBJETIVO"}
    assert passages(first)[3:] == [
        (
            "other_abstract",
            "A pill helped.",
            {"kind": "plain-language-summary", "language": "eng"},
        ),
        ("other_abstract", "Aliviar el dolor de la piel, mañana.", spanish),
    ]


def test_a_formula_is_its_text_once_and_unseen_characters_are_left_out(
    documents: Dict[str, Document],
) -> None:
    assert documents["98000004"].text == (
        "A dose of 1/2x2 units.\nCardiomyopathy was seen, y=dose per day . Боль прошла; الألم 💊."
    )


def test_titles_that_are_translated_or_absent(documents: Dict[str, Document]) -> None:
    translated, absent = documents["98000002"], documents["98000003"]
    assert passages(translated) == [
        ("title", "[Bexol in sleep and in wake].", {"translated": True})
    ]
    assert translated.metadata["vernacular_title"] == "Bexol im Schlaf und im Wachen."
    assert (absent.text, absent.passages) == ("", ())
    assert absent.metadata["vernacular_title"] == "ゼロシスの治療"


def test_a_chapter_of_a_book(documents: Dict[str, Document]) -> None:
    chapter = documents["98000008"]
    assert passages(chapter) == [
        ("title", "Late zelosis", None),
        ("abstract", "Ache of late onset.", {"label": "CLINICAL FEATURES"}),
        ("abstract", "Sleep is short.", None),
    ]
    assert chapter.metadata == {
        "pmid": "98000008",
        "version": 1,
        "book_id": "NBK9800",
        "book": "Handbook of Zelosis",
        "year": 2009,
        "languages": ["eng"],
        "publication_types": ["Review"],
    }


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a \n\t b\u2009c\xa0d\u2028e", "a b c d e"),
        ("zelo\xadsis \u200fache\ufeff", "zelosis ache"),
        ("Bexol &alpha;&beta; &lt;i&gt; &#x3b3;", "Bexol αβ <i> γ"),
        ("<![CDATA[p < 0.5 &alpha;]]>", "p < 0.5 &alpha;"),
        ("<i>BEX</i><b>O</b><!-- no -->1<?no?>", "BEXO1"),
        ("نزله 💊 ﬁ \u200d", "نزله 💊 ﬁ \u200d"),
    ],
)
def test_markup_and_white_space(written: str, expected: str, tmp_path: Path) -> None:
    assert read(tmp_path / "x", in_set(article(1, written))) == [("1", expected)]


# Metadata


def test_metadata_of_an_article(documents: Dict[str, Document]) -> None:
    metadata = documents["98000001"].metadata
    therapy = {"id": "Q900001", "name": "drug therapy", "major": True}
    etiology = {"id": "Q900002", "name": "etiology", "major": False}
    assert metadata == {
        "pmid": "98000001",
        "version": 1,
        "doi": "10.0000/one",
        "pmcid": "PMC9800001",
        "journal": "Letters of invented medicine",
        "year": 2019,
        "languages": ["eng"],
        "publication_types": ["Journal Article", "Retracted Publication"],
        "mesh_headings": [
            {"id": "D900201", "name": "Ache", "major": False, "qualifiers": [therapy, etiology]},
            {"id": "D900202", "name": "Humans", "major": True, "qualifiers": []},
        ],
        "supplementary_mesh": [{"id": "C900301", "name": "Zelosis, late", "type": "Disease"}],
        "chemicals": [{"id": "D900101", "name": "Zolamin", "registry_number": "0"}],
        "keywords": ["ache", "skin care"],
        "corrections": [
            {"type": "RetractionIn", "pmid": "98000099", "source": "Lett Inv Med. 2020;8:1"},
            {
                "type": "ErratumIn",
                "source": "Lett Inv Med. 2019;7:80",
                "note": "Dose corrected",
            },
        ],
    }


def test_years_and_journals_come_from_where_the_record_has_them(
    documents: Dict[str, Document],
) -> None:
    second, third = documents["98000002"].metadata, documents["98000003"].metadata
    assert (second["year"], second["languages"]) == (1978, ["ger", "fre"])
    assert second["doi"] == "10.0000/two"
    assert (third["year"], third["journal"]) == (2011, "Only short title")
    assert "year" not in documents["98000004"].metadata


# Versions


def test_of_each_id_the_last_version_is_read_and_deleted_ones_are_not(folder: Path) -> None:
    report = CorpusReport()
    found = dict(read(folder, report=report))
    assert list(found) == [f"9800000{n}" for n in (1, 2, 3, 4, 5, 8, 6, 9)]
    assert found["98000005"] == "Bexol, second version."
    assert found["98000006"] == "Ache, as indexed later."
    assert sorted(report.note_lines()) == [
        "  1 record has neither title nor abstract",
        "  1 record was left out because a later file deletes it",
        "  2 records were left out because the corpus has a later version",
    ]
    assert not report.lost


def test_all_versions_are_read_if_asked_for(folder: Path) -> None:
    report = CorpusReport()
    found = [id_ for id_, _ in read(folder, report=report, versions="all")]
    assert [id_ for id_ in found if "#" in id_] == ["98000005#2", "98000006#2"]
    assert "98000007" in found
    assert report.noted["deletions were not looked at"] == 2


def test_what_a_deletion_deletes_can_come_again(tmp_path: Path) -> None:
    (tmp_path / "1.xml").write_text(in_set(article(1), article(2), article(3)))
    (tmp_path / "2.xml").write_text(in_set(deletion(1, 2)))
    (tmp_path / "3.xml").write_text(in_set(article(1, "Again."), article(2), deletion(2)))
    assert read(tmp_path) == [("3", "Zolamin."), ("1", "Again.")]


def test_the_highest_version_counts_and_deletions_are_of_a_version(tmp_path: Path) -> None:
    (tmp_path / "1.xml").write_text(in_set(article(1, "b", 2), article(2, "d", 2), article(3, "f")))
    (tmp_path / "2.xml").write_text(in_set(article(1, "a"), article(2, "c")))
    (tmp_path / "3.xml").write_text(in_set(deletion(2).replace('"1"', '"2"'), article(3, "g", 3)))
    assert read(tmp_path) == [("1", "b"), ("2", "c"), ("3", "g")]


def test_a_repeated_record_of_a_file_counts_once(tmp_path: Path) -> None:
    records = [article(1, "a"), article(2), article(1, "b")]
    assert read(tmp_path / "x", in_set(*records)) == [("2", "Zolamin."), ("1", "b")]


def test_files_can_be_read_alone_once_the_corpus_is_known(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "3.xml").write_text(in_set(deletion(98000009)))
    corpus = PubmedXmlFormat()
    files = corpus.files(folder) + corpus.files(tmp_path)
    prepared = pickle.loads(pickle.dumps(corpus.for_files(files)))
    found = [[document.id[-1] for document in prepared.read(name)] for _, name in files]
    assert found == [["1", "2", "3", "4", "5", "8"], ["6"], []]
    assert list(corpus.read(folder / "update.xml"))[1].id == "98000009"


def test_a_long_prolog_is_passed(tmp_path: Path) -> None:
    comment = f"<!-- {'<PubmedArticle> ' * 9000} -->\n"
    doctype = "<!DOCTYPE PubmedArticleSet [\n<!ELEMENT x (y)>\n<!-- ] -->]>\n"
    content = (
        f"<?xml version='1.0'?>\n{comment}{doctype}{comment}{in_set(article(1, 'a & b'))[22:]}"
    )
    with pytest.raises(CorpusError, match="x:8: document '1': record is not valid XML"):
        read(tmp_path / "x", content)


def test_a_file_that_breaks_off_does_not_count_further_than_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "1.xml").write_text(in_set(article(1), article(2), article(3)))
    (tmp_path / "2.xml").write_text(in_set(article(1, "b"), article(2, "c"))[:-60])
    (tmp_path / "3.xml").write_text(in_set(article(3, "d"), deletion(1)))
    report = CorpusReport()
    assert read(tmp_path, report=report, on_error="skip") == [("2", "Zolamin."), ("3", "d")]
    assert report.lost == {"a file cannot be read to its end": 1}


def test_versions_is_checked() -> None:
    with pytest.raises(ConfigurationError, match="'last' or 'all', not 'first'"):
        PubmedXmlFormat("first")


# Files


def test_files_of_a_folder_and_gzip_by_content(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.xml.gz").write_bytes((folder / "baseline.xml").read_bytes())
    (tmp_path / "b.xml").write_bytes(gzip.compress((folder / "update.xml").read_bytes()))
    (tmp_path / "b.xml.md5").write_text("MD5(b.xml)= 0")
    format_ = CorpusFormat.from_params(Params({"type": "pubmed_xml", "versions": "all"}))
    assert [d.id[-1] for d in format_.read(tmp_path)] == ["6", "9", *"12345", "2", "2", "7", "8"]


@pytest.mark.parametrize("root", ["PubmedArticle", "MedlineCitation"])
def test_a_record_may_be_a_file(root: str, tmp_path: Path) -> None:
    content = article(1)
    if root == "MedlineCitation":
        content = content.replace("<PubmedArticle>", "").replace("</PubmedArticle>", "")
    assert read(tmp_path / "x", content) == [("1", "Zolamin.")]


def test_sets_of_other_kinds_and_several_in_one_file(tmp_path: Path) -> None:
    citation = article(1).replace("<PubmedArticle>", "").replace("</PubmedArticle>", "")
    assert read(tmp_path / "a", in_set(citation, root="MedlineCitationSet")) == [("1", "Zolamin.")]
    joined = in_set(article(1)) + in_set(article(2, "Bexol."))
    assert read(tmp_path / "b", joined) == [("1", "Zolamin."), ("2", "Bexol.")]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "iso-8859-1", "utf-8-sig"])
def test_encodings(encoding: str, tmp_path: Path) -> None:
    content = in_set(article(1, "Fièvre."), article(2, "Été."))
    content = content.replace("?>", f' encoding="{encoding.removesuffix("-sig")}"?>', 1)
    (tmp_path / "x").write_bytes(content.encode(encoding))
    assert read(tmp_path / "x") == [("1", "Fièvre."), ("2", "Été.")]


def test_a_pipe_is_read_as_it_comes(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    content = in_set(article(1, "a"), article(2), article(1, "b"))
    writer = threading.Thread(target=lambda: (tmp_path / "pipe").write_text(content))
    writer.start()
    assert read(tmp_path / "pipe") == [("1", "a"), ("2", "Zolamin."), ("1#2", "b")]
    writer.join()


# Bad input


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<html><body/></html>", "not a file of PubMed: its root is <html>, not <PubmedArticleS"),
        ("<article><front/></article>", "its root is <article>.*The format 'jats' reads it"),
        ('{"id": "1"}', 'not a file of PubMed, and no XML: it begins with \'{"id": "1"}\''),
        ("", "not a file of PubMed: the file is empty"),
        (in_set(), "no document was found"),
        ("<PubmedArticleSet/>", "no document was found"),
        (in_set(article(1))[:-20], "the file breaks off before </PubmedArticleSet>"),
        (in_set(article(7))[:-60], "x:3: document '7': the file breaks off in this record"),
        (in_set(article(1), "12"), "text that belongs to no record: '12'"),
        (in_set(article("")), "x:3: record without a PubMed id"),
        (in_set(article("1a")), "record without a PubMed id: '1a'"),
        (in_set("<PubmedArticle/>"), "record without a citation"),
        (in_set(article(1, "a&e;b")), "document '1': XML entities are not read: &e;"),
        (in_set(article(1, "a & b")), "x:3: document '1': record is not valid XML: "),
        (
            in_set(article(1, "\na<i>b")),
            "not valid XML: Opening and ending tag mismatch: .*in line 4",
        ),
        (in_set(article(1, "\x01")), "record is not valid XML: "),
    ],
)
def test_errors_name_what_was_found_and_where(content: str, reason: str, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=reason) as error:
        read(tmp_path / "x", content)
    assert str(tmp_path / "x") in str(error.value)


@pytest.mark.parametrize(
    "bad",
    [
        article("12", "a & b"),
        article("12", "a<i>b"),
        article("12", "a &e; b"),
        article("12", "\x02"),
        article("12x"),
        article("12").replace("</PubmedArticle>", ""),
        article("12").replace("<PubmedArticle>", ""),
        article("12").replace('Version="1"', 'Version="1'),
        article("12", "a]]>b"),
    ],
)
def test_a_bad_record_is_lost_alone(bad: str, tmp_path: Path) -> None:
    report = CorpusReport()
    content = in_set(article(1), bad, article(3), article(4))
    found = [id_ for id_, _ in read(tmp_path / "x", content, report, on_error="skip")]
    assert found == ["1", "3", "4"]
    assert sum(report.lost.values()) == 1
    (example,) = report.examples.values()
    assert f"{tmp_path}/x:4: " in example


def test_bytes_of_another_encoding_cost_their_record_alone(tmp_path: Path) -> None:
    content = in_set(article(1), article(2, "Fi\xe8vre."), article(3)).encode("iso-8859-1")
    (tmp_path / "x").write_bytes(content)
    report = CorpusReport()
    assert [id_ for id_, _ in read(tmp_path / "x", None, report, on_error="skip")] == ["1", "3"]
    assert "x:4: document '2': record is not valid XML" in report.first_example


def test_unread_records_are_told_by_their_ids(tmp_path: Path) -> None:
    unread: List[CorpusError] = []
    content = in_set(article(1), article(2, "a & b"), article(3), article(4))[:-70]
    read(tmp_path / "x", content, CorpusReport(on_unread=unread.append))
    assert [(error.document_id, error.line) for error in unread] == [("2", 4), ("4", 6)]


@pytest.mark.parametrize("number", [40, 600])
def test_a_truncated_gzip_file_is_read_up_to_there(number: int, tmp_path: Path) -> None:
    rng = random.Random(0)
    titles = ["".join(rng.choices("abcdefgh ", k=400)) for _ in range(number)]
    content = gzip.compress(in_set(*(article(n, t) for n, t in enumerate(titles, 1))).encode())
    (tmp_path / "x").write_bytes(content[: len(content) // 2])
    report = CorpusReport()
    found = read(tmp_path / "x", None, report, on_error="skip")
    assert number / 3 < len(found) < number * 2 / 3
    assert "broken gzip file" in report.examples["a file cannot be read to its end"]

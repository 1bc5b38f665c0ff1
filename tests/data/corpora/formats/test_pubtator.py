import gzip
import logging
from dataclasses import replace
from pathlib import Path
from typing import List

import pytest
from allennlp.common.checks import ConfigurationError

from bio_ie.data.corpora.fact_arguments import WITHOUT_MENTION
from bio_ie.data.corpora.formats.pubtator import PubtatorFormat
from bio_ie.data.corpora.mention_texts import OTHER_SPELLING
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.text.document import Document, Fact, Mention, Passage


def fixture(folder: Path, name: str) -> Path:
    return folder / "corpora" / "pubtator" / f"{name}.PubTator.txt"


def read(path: Path) -> List[Document]:
    return list(PubtatorFormat().read(path))


def test_title_and_abstract_are_passages_one_character_apart(fixtures_folder: Path) -> None:
    document = read(fixture(fixtures_folder, "cdr_like"))[0]
    assert document.passages == (Passage("title", 0, 54), Passage("abstract", 55, 246))
    assert document.text[54] == "\n"
    assert document.text_of(document.mentions[-1]) == "β-hydroxyzelorvine"


def test_composite_ids_their_names_missing_ids_and_facts(fixtures_folder: Path) -> None:
    document = read(fixture(fixtures_folder, "cdr_like"))[0]
    composite, without_id = document.mentions[3], document.mentions[6]
    assert composite.concept_ids == ("D900202", "D900203")
    assert composite.metadata == {"names": ["liver failure", "kidney failure"]}
    assert (without_id.concept_ids, without_id.metadata) == ((), None)
    assert document.facts == (
        Fact("CID", "D900101", "D900201"),
        Fact("CID", "D900101", "D900202"),
    )


def test_empty_abstract_and_bars_in_a_title(fixtures_folder: Path) -> None:
    document = read(fixture(fixtures_folder, "cdr_like"))[1]
    assert document.text == "Does carbatrol | placebo matter?"
    assert document.passages == (Passage("title", 0, 32),)


def test_second_document_of_a_pmid_is_numbered_with_one_warning(
    fixtures_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        documents = read(fixture(fixtures_folder, "cdr_like"))
    assert [document.id for document in documents] == ["900001", "900002", "900001#2"]
    assert len([record for record in caplog.records if "900001" in record.getMessage()]) == 1


def test_umls_prefix_and_lists_of_types_of_medmentions(fixtures_folder: Path) -> None:
    (document,) = read(fixture(fixtures_folder, "medmentions_like"))
    assert document.mentions[0].type == "T116,T123"
    assert document.mentions[0].concept_ids == ("C9000001",)
    assert document.mentions[3].concept_ids == ("C9000003", "C9000004")
    (kept,) = PubtatorFormat(strip_prefixes=[]).read(fixture(fixtures_folder, "medmentions_like"))
    assert kept.mentions[0].concept_ids == ("UMLS:C9000001",)


def test_crlf_variants_and_novelty_of_biored(fixtures_folder: Path) -> None:
    (document,) = read(fixture(fixtures_folder, "biored_like"))
    assert document.text.endswith("had strokes.")
    assert document.mentions[2].concept_ids == ("c|SUB|A|17|G",)
    assert document.mentions[3].concept_ids == ("990012", "990013")
    assert document.facts[0] == Fact(
        "Association", "990012", "D900301", metadata={"novel": "Novel"}
    )


@pytest.mark.parametrize("name", ["cdr_like", "medmentions_like", "biored_like"])
def test_written_file_has_the_bytes_that_were_read(
    name: str, fixtures_folder: Path, tmp_path: Path
) -> None:
    path = fixture(fixtures_folder, name)
    report = PubtatorFormat().write(PubtatorFormat().read(path), tmp_path / "x.gz")
    written = gzip.decompress((tmp_path / "x.gz").read_bytes()).rstrip(b"\n")
    expected = path.read_bytes().replace(b"\r\n", b"\n").rstrip(b"\n")
    assert written == expected.replace(b"\n900001|t|A second", b"\n900001#2|t|A second").replace(
        b"900001|a|No", b"900001#2|a|No"
    ).replace(b"\n900001\t42", b"\n900001#2\t42")
    assert not report.lost


def test_a_title_line_starts_a_document_without_a_blank_line(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("1|t|A\n1|a|B\n1|t|C\n1|a|D")
    assert [(d.id, d.text) for d in read(tmp_path / "x")] == [("1", "A\nB"), ("1#2", "C\nD")]


def test_five_columns_with_an_offset_are_a_mention_without_id(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("1|t|A\n1|a|\n1\t0\t1\tA\tX\n")
    assert read(tmp_path / "x")[0].mentions == (Mention("T1", 0, 1, "X"),)


def test_tabs_in_the_text_are_spaces_in_a_mention(tmp_path: Path) -> None:
    document = Document("1", "a\tb", mentions=(Mention("T1", 0, 3, "X"),))
    PubtatorFormat().write([document], tmp_path / "x")
    assert "\ta b\t" in (tmp_path / "x").read_text()
    (back,) = read(tmp_path / "x")
    assert (back.text, back.mentions) == (document.text, document.mentions)


def test_abstract_alone_counts_the_separator(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("1|t|\n1|a|Rash.\n1\t1\t5\tRash\tX\tD1\n")
    (document,) = read(tmp_path / "x")
    assert document.text == "\nRash."
    assert document.passages == (Passage("abstract", 1, 6),)


def test_text_without_passages_is_split_at_the_first_line_break_and_others_are_counted(
    tmp_path: Path,
) -> None:
    report = PubtatorFormat().write([Document("1|", "a\nb\nc"), Document("2", "d")], tmp_path / "x")
    assert (tmp_path / "x").read_text() == "1_|t|a\n1_|a|b c\n\n2|t|d\n2|a|\n\n"
    assert report.lost == {
        "line breaks of a text cannot be written": 1,
        "document id cannot be written": 1,
    }


def test_ids_that_no_column_can_hold_are_counted_and_the_mention_stays(tmp_path: Path) -> None:
    mentions = (Mention("T1", 0, 1, "X", ("a|b",)), Mention("T2", 0, 1, "X", ("a\tb",)))
    report = PubtatorFormat().write([Document("1", "a", mentions=mentions)], tmp_path / "x")
    assert report.lost == {"concept ids cannot be written": 2}
    assert read(tmp_path / "x")[0].mentions == tuple(replace(m, concept_ids=()) for m in mentions)


def test_other_passages_are_counted(tmp_path: Path) -> None:
    passages = (Passage("title", 0, 1), Passage("methods", 2, 3))
    report = PubtatorFormat().write([Document("1", "a b", passages)], tmp_path / "x")
    assert report.lost == {"passages cannot be written": 1}
    assert read(tmp_path / "x")[0].text == "a\nb"


def test_missing_abstract_is_an_empty_one(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("1|t|Ache\n1\t0\t4\tAche\tX\tD1\n\n2|t|Rash\n2|a|It.\n")
    report = CorpusReport()
    first, second = PubtatorFormat().read(tmp_path / "x", report)
    assert (first.text, second.text) == ("Ache", "Rash\nIt.")
    assert first.mentions == (Mention("T1", 0, 4, "X", ("D1",)),)
    assert not report.lost


COMPOSITE = (
    "1|t|Orvexin in left and right zelosis\n1|a|\n"
    "1\t0\t7\tOrvexin\tChemical\tD1\n1\t11\t33\tleft and right zelosis\tDisease\tD2|D3\n"
    "1\tr\tD1\tD2|D3\tNovel\n1\tr\tD1\tD9\tNo\n"
)


def test_facts_of_composites_meet_their_mention(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(COMPOSITE)
    report = CorpusReport()
    (document,) = PubtatorFormat().read(tmp_path / "x", report)
    assert [(fact.head, fact.tail) for fact in document.facts] == [
        ("D1", "D2"),
        ("D1", "D3"),
        ("D1", "D9"),
    ]
    assert report.noted == {WITHOUT_MENTION: 1}


def test_facts_of_one_line_are_written_as_one_line_while_none_is_missing(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(COMPOSITE)
    (document,) = PubtatorFormat().read(tmp_path / "x")
    PubtatorFormat().write([document], tmp_path / "y")
    assert (tmp_path / "y").read_text() == COMPOSITE + "\n"
    fewer = document.with_changes(facts=document.facts[1:])
    PubtatorFormat().write([fewer], tmp_path / "y")
    (back,) = PubtatorFormat().read(tmp_path / "y")
    assert [(fact.head, fact.tail) for fact in back.facts] == [("D1", "D3"), ("D1", "D9")]


def test_number_of_a_variant_in_dbsnp_is_no_name(tmp_path: Path) -> None:
    text = (
        "1|t|A 17A>G\n1|a|\n1\t2\t7\t17A>G\tDNAMutation\tc|SUB|A|17|G\tRSID:990031\n"
        "1\t0\t1\tA\tX\tD1|D2\ta|b\tmore\tcolumns\n"
    )
    (tmp_path / "x").write_text(text)
    (document,) = read(tmp_path / "x")
    assert [mention.concept_ids for mention in document.mentions] == [
        ("c|SUB|A|17|G",),
        ("D1", "D2"),
    ]
    assert [mention.metadata for mention in document.mentions] == [
        {"rsid": "RSID:990031"},
        {"names": ["a", "b"], "columns": ["more", "columns"]},
    ]
    report = PubtatorFormat().write([document], tmp_path / "y")
    assert (tmp_path / "y").read_text() == text + "\n"
    assert not report.lost


def test_other_spelling_of_a_mention_is_kept_and_counted(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("1|t|TARM-α\n1|a|\n1\t0\t6\tTARM-a\tGene\t990031\n", "utf-8")
    report = CorpusReport()
    (document,) = PubtatorFormat().read(tmp_path / "x", report)
    assert document.text_of(document.mentions[0]) == "TARM-α"
    assert report.noted == {OTHER_SPELLING: 1}


def test_mention_without_a_type_gets_the_default_type(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("1|t|Ache\n1|a|\n1\t0\t4\tAche\t\tD1\n")
    (document,) = PubtatorFormat(default_type="Entity").read(tmp_path / "x")
    assert document.mentions[0].type == "Entity"


LINES = """\
1|t|alpha beta gamma
1|a|
1\t0\t5\talpha\tT116,T123,T109\tC1
1\t6\t10\tbeta\tT116\tC2
1\t11\t16\tgamma\tT109,T116\tC3

2|t|T999 alpha
2|a|
2\t5\t10\talpha\tT109\tC1
2\tCID\tC1\tC2
"""


@pytest.mark.parametrize(
    "types, expected",
    [
        ("joined", ["T116,T123,T109", "T116", "T109,T116", "T109"]),
        ("first", ["T116", "T116", "T109", "T109"]),
        # T123 has one mention, T109 and T116 have three each.
        ("rarest", ["T123", "T116", "T109", "T109"]),
    ],
)
def test_one_of_several_types_counts(types: str, expected: List[str], tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text(LINES)
    documents = list(PubtatorFormat(types=types).read(path))
    mentions = [mention for document in documents for mention in document.mentions]
    assert [mention.type for mention in mentions] == expected
    if types != "joined":
        assert mentions[0].metadata == {"types": ["T116", "T123", "T109"]}
        assert mentions[1].metadata is None
        report = PubtatorFormat().write(documents, tmp_path / "written")
        assert report.lost["metadata of a mention cannot be written"] == 2


def test_commas_alone_are_no_type(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("1|t|alpha\n1|a|\n1\t0\t5\talpha\t,\tC1\n")
    with pytest.raises(CorpusError, match=r"file:3.*mention without a type"):
        list(PubtatorFormat(types="rarest").read(path))


def test_unknown_choice_of_types_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="types must be 'joined', 'first' or 'rarest'"):
        PubtatorFormat(types="last")

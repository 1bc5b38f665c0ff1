import gzip
import os
import shutil
from pathlib import Path

import pytest

from bio_ie.data.corpora.formats.brat import BratFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.text.document import Document, Mention, Relation


def test_folder_is_read_in_sorted_order_with_or_without_annotations(fixtures_folder: Path) -> None:
    report = CorpusReport()
    first, second = BratFormat().read(fixtures_folder / "corpora" / "brat", report)
    assert (first.id, second.id) == ("doc-1", "doc-2")
    assert second.mentions == ()
    assert first.mentions[4].fragments == ((84, 88), (99, 122))
    assert first.mentions[0].concept_ids == ("UniProt:Q9X001",)
    assert first.mentions[4].metadata == {"names": ["remodelling of the left ventricle"]}
    assert [mention.entity_id for mention in first.mentions[:4]] == ["T1", "T2", "T1", "T2"]
    assert first.relations == (
        Relation("Binds", "T3", "T4"),
        Relation("Regulates", "T3", "T5", metadata={"roles": ["Agent", "Target"]}),
    )
    assert not report.lost


def test_fixture_comes_back(fixtures_folder: Path, tmp_path: Path) -> None:
    documents = list(BratFormat().read(fixtures_folder / "corpora" / "brat"))
    report = BratFormat().write(documents, tmp_path / "out")
    assert list(BratFormat().read(tmp_path / "out")) == documents
    assert not report.lost


def test_text_file_annotation_file_and_glob_mean_the_same(fixtures_folder: Path) -> None:
    folder = fixtures_folder / "corpora" / "brat"
    for path in (folder / "doc-1.txt", folder / "doc-1.ann", folder / "doc-1.*"):
        (document,) = BratFormat().read(path)
        assert len(document.mentions) == 7


def test_compressed_pairs_are_read(fixtures_folder: Path, tmp_path: Path) -> None:
    folder = fixtures_folder / "corpora" / "brat"
    for name in ("doc-1.txt", "doc-1.ann"):
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress((folder / name).read_bytes()))
    shutil.copy(folder / "doc-2.txt", tmp_path)
    (tmp_path / "annotation.conf").write_text("[entities]\nProtein\n")
    assert list(BratFormat().read(tmp_path)) == list(BratFormat().read(folder))


def test_symmetric_types_make_undirected_relations(fixtures_folder: Path, tmp_path: Path) -> None:
    reader = BratFormat(symmetric=["Binds"])
    (document,) = reader.read(fixtures_folder / "corpora" / "brat" / "doc-1.txt")
    assert [relation.directed for relation in document.relations] == [False, True]
    assert not reader.write([document], tmp_path / "a").lost
    report = BratFormat().write([document], tmp_path / "b")
    assert report.lost == {"direction of a relation cannot be written": 1}


def test_symmetric_relation_keeps_each_role_with_its_mention(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("abc")
    (tmp_path / "x.ann").write_text("T1\tX 2 3\tc\nT2\tX 0 1\ta\nR1\tr Late:T1 Early:T2\n")
    (document,) = BratFormat(symmetric=["r"]).read(tmp_path)
    (relation,) = document.relations
    assert (relation.head, relation.tail) == ("T2", "T1")
    assert relation.metadata == {"roles": ["Early", "Late"]}


def test_events_attributes_and_notes_are_counted(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("ab")
    (tmp_path / "x.ann").write_text(
        "R1\tr Arg1:T1 Arg2:E1\nE1\tX:T1 Theme:T2\nA1\tNegated E1\nM1\tNegated E1\n"
        "#1\tAnnotatorNotes T1\tsure?\nN1\tReference E1 GO:1\tx\n*\tEquiv T1 E1\n"
        "T1\tX 0 1\ta\nT2\tX 1 2\tb\n"
    )
    report = CorpusReport()
    (document,) = BratFormat().read(tmp_path, report)
    assert len(document.mentions) == 2
    assert report.lost == {
        "relations of events cannot be read": 1,
        "events cannot be read": 1,
        "attributes cannot be read": 2,
        "notes cannot be read": 1,
        "concept ids of events cannot be read": 1,
        "equivalences of events cannot be read": 1,
    }


def test_equivalences_that_share_a_mention_are_one_entity(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("abcd")
    mentions = "".join(f"T{i + 1}\tX {i} {i + 1}\t{'abcd'[i]}\n" for i in range(4))
    (tmp_path / "x.ann").write_text(mentions + "*\tEquiv T1 T2\n*\tEquiv T3 T4\n*\tEquiv T2 T3\n")
    (document,) = BratFormat().read(tmp_path)
    assert len({mention.entity_id for mention in document.mentions}) == 1


def test_line_breaks_in_a_mention_are_spaces_in_its_annotation(tmp_path: Path) -> None:
    document = Document("x", "\ufeffa\r\nb", mentions=(Mention("T1", 1, 5, "X"),))
    BratFormat().write([document], tmp_path / "out")
    assert (tmp_path / "out" / "x.ann").read_text() == "T1\tX 1 5\ta  b\n"
    assert list(BratFormat().read(tmp_path / "out")) == [document]


def test_types_with_spaces_are_joined_and_counted(tmp_path: Path) -> None:
    document = Document("x", "ab", mentions=(Mention("T1", 0, 1, "Adverse effect"),))
    report = BratFormat().write([document], tmp_path / "out")
    assert report.lost == {"type of a mention with white space cannot be written": 1}
    (back,) = BratFormat().read(tmp_path / "out")
    assert back.mentions[0].type == "Adverse_effect"


def test_document_ids_never_leave_the_folder(tmp_path: Path) -> None:
    ids = ["../up", "a/b", "..", "x" * 300, "a:b", "a_b"]
    report = BratFormat().write([Document(name, "t") for name in ids], tmp_path / "out")
    names = sorted(os.listdir(tmp_path / "out"))
    assert len(names) == 2 * len(ids)
    assert report.lost == {"document id cannot be a file name": 5}
    assert os.listdir(tmp_path) == ["out"]


def test_full_folder_is_not_written_to(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("mine")
    with pytest.raises(CorpusError, match="new or an empty folder"):
        BratFormat().write([Document("x", "t")], tmp_path)
    assert (tmp_path / "x.txt").read_text() == "mine"


def test_url_is_refused() -> None:
    with pytest.raises(CorpusError, match="local files"):
        list(BratFormat().read("https://example.org/x.txt"))


def test_an_empty_file_alone_is_an_error_and_a_document_beside_others(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    (tmp_path / "b.txt").write_text("One.")
    with pytest.raises(CorpusError, match=r"a\.txt: the file is empty"):
        list(BratFormat().read(tmp_path / "a.txt"))
    assert [document.text for document in BratFormat().read(tmp_path)] == ["", "One."]


def bionlp(folder: Path) -> None:
    """A text with the two annotation files of a BioNLP shared task."""
    (folder / "x.txt").write_text("TARM2 phosphorylates BEXO1.")
    (folder / "x.a1").write_text("T1\tProtein 0 5\tTARM2\nT2\tProtein 21 26\tBEXO1\n")
    (folder / "x.a2").write_text(
        "T3\tPhosphorylation 6 20\tphosphorylates\nE1\tPhosphorylation:T3 Theme:T2\n"
        "R1\tLink Arg1:T1 Arg2:T2\n"
    )


def test_given_and_predicted_annotations_of_bionlp(tmp_path: Path) -> None:
    bionlp(tmp_path)
    for path in (tmp_path, tmp_path / "x.a1", tmp_path / "*.a2", tmp_path / "x.txt"):
        report = CorpusReport()
        (document,) = BratFormat().read(path, report)
        assert [mention.id for mention in document.mentions] == ["T1", "T2", "T3"]
        assert document.relations == (Relation("Link", "T1", "T2"),)
        assert report.lost == {"events cannot be read": 1}
    (tmp_path / "x.a1").unlink()
    with pytest.raises(CorpusError, match=r"x\.a2:3: .*unknown relation argument: 'T1', 'T2'"):
        list(BratFormat().read(tmp_path / "x.a2"))


def test_texts_without_annotations_are_noted(fixtures_folder: Path) -> None:
    report = CorpusReport()
    list(BratFormat().read(fixtures_folder / "corpora" / "brat", report))
    assert report.noted == {"texts have no annotation file": 1}


@pytest.mark.parametrize("text", ["left ache", "leftache", "left ... ache", "left [...] ache"])
def test_parts_of_a_mention_may_be_joined_otherwise(text: str, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("left (L) ache")
    (tmp_path / "x.ann").write_text(f"T1\tX 0 4;9 13\t{text}\n")
    (document,) = BratFormat().read(tmp_path)
    assert document.mentions == (Mention("T1", 0, 13, "X", fragments=((0, 4), (9, 13))),)


def test_overlapping_fragments_cost_that_mention_alone(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("Both erbo/mib virus.")
    (tmp_path / "x.ann").write_text("T1\tX 5 19;14 19\terbo/mib virus virus\nT2\tX 5 9\terbo\n")
    with pytest.raises(CorpusError, match=r"x\.ann:1: .*fragments of mention 'T1' overlap"):
        list(BratFormat().read(tmp_path))
    (document,) = BratFormat(on_error="skip").read(tmp_path)
    assert [mention.id for mention in document.mentions] == ["T2"]


def test_mention_without_a_type_gets_the_default_type(tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("ache")
    (tmp_path / "x.ann").write_text("T1\t 0 4\tache\n")
    (document,) = BratFormat(default_type="Entity").read(tmp_path)
    assert document.mentions[0].type == "Entity"

import contextlib
from pathlib import Path
from typing import List

import pytest

from bio_ie.data.corpora import CorpusFormat
from bio_ie.data.corpora.formats.bioc import BiocJsonFormat, BiocXmlFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.text.document import Document, Fact, Mention, Passage, Relation


def read_xml(folder: Path, report: CorpusReport) -> Document:
    (document,) = BiocXmlFormat().read(folder / "corpora" / "bioc_xml" / "sample.xml", report)
    return document


def test_gaps_between_passages_keep_offsets(fixtures_folder: Path) -> None:
    document = read_xml(fixtures_folder, CorpusReport())
    assert document.text.startswith("Zelorvine & β-blockade" + "\n" * 8 + "Zelorvine caused")
    assert document.passages == (
        Passage("title", 0, 22),
        Passage("abstract", 30, 102, {"section": "Results"}),
    )
    assert document.sentences == ((30, 82), (83, 102))
    assert document.metadata == {"journal": "Invented Letters"}


def test_annotations_relations_and_facts(fixtures_folder: Path) -> None:
    report = CorpusReport()
    document = read_xml(fixtures_folder, report)
    assert [mention.concept_ids for mention in document.mentions] == [
        ("MESH:D900101",),
        ("D900101",),
        ("D900204", "D900205"),
    ]
    assert document.mentions[2].fragments == ((47, 51), (62, 81))
    assert document.relations == (
        Relation("causes", "2", "3", metadata={"roles": ["cause", "effect"]}),
    )
    assert document.facts == (
        Fact("CID", "D900101", "D900204", metadata={"roles": ["Chemical", "Disease"]}),
        Fact("Association", "D900101", "D900205", metadata={"novel": "Novel"}),
    )
    assert not report.lost


def test_json_scores_and_missing_ids(fixtures_folder: Path) -> None:
    path = fixtures_folder / "corpora" / "bioc_json" / "sample.json"
    (document,) = BiocJsonFormat().read(path)
    assert [mention.score for mention in document.mentions] == [None, 0.75, None]
    assert document.mentions[2].concept_ids == ()
    assert document.relations == (Relation("relieves", "2", "3", 0.5),)
    assert document.facts == (Fact("Negative_Correlation", "D900103", "D900204"),)


@pytest.mark.parametrize("name", ["bioc_xml", "bioc_json"])
def test_fixtures_of_all_formats_come_back(
    name: str, fixtures_folder: Path, tmp_path: Path
) -> None:
    corpora = fixtures_folder / "corpora"
    documents = [
        *BiocXmlFormat().read(corpora / "bioc_xml" / "sample.xml"),
        *BiocJsonFormat().read(corpora / "bioc_json" / "sample.json"),
        *CorpusFormat.by_name("pubtator")().read(corpora / "pubtator" / "biored_like.PubTator.txt"),
        *CorpusFormat.by_name("brat")().read(corpora / "brat"),
    ]
    corpus_format = CorpusFormat.by_name(name)()
    report = corpus_format.write(documents, tmp_path / "x")
    assert list(corpus_format.read(tmp_path / "x")) == documents
    assert not report.lost
    first = (tmp_path / "x").read_bytes()
    corpus_format.write(corpus_format.read(tmp_path / "x"), tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == first


def test_what_bioc_says_and_a_document_cannot_is_counted(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(
        "<collection><document><id>1</id><passage><offset>0</offset><text>abc</text>"
        '<sentence><infon key="a">b</infon><offset>0</offset><text>abc</text></sentence>'
        '<annotation id="1"><infon key="type">X</infon><text/></annotation>'
        '<annotation id="2"><infon key="type">X</infon><location offset="0" length="1"/>'
        "<text>a</text></annotation></passage>"
        '<relation id="R1"><infon key="type">r</infon><node refid="2" role=""/></relation>'
        '<relation id="R2"><infon key="type">r</infon><node refid="2" role=""/>'
        '<node refid="R1" role=""/></relation>'
        '<relation id="R3"><infon key="type">r</infon></relation></document></collection>'
    )
    report = CorpusReport()
    (document,) = BiocXmlFormat().read(tmp_path / "x", report)
    assert document.mentions == (Mention("2", 0, 1, "X"),)
    assert report.lost == {
        "infons of a sentence cannot be read": 1,
        "annotations without a location cannot be read": 1,
        "relations of other than two annotations cannot be read": 2,
        "relations without annotations or concepts cannot be read": 1,
    }


def test_undirected_relation_keeps_each_role_with_its_mention(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(
        "<collection><document><id>1</id><passage><offset>0</offset><text>abc</text>"
        '<annotation id="1"><infon key="type">X</infon><location offset="0" length="1"/>'
        '<text>a</text></annotation><annotation id="2"><infon key="type">X</infon>'
        '<location offset="2" length="1"/><text>c</text></annotation></passage>'
        '<relation id="R1"><infon key="type">r</infon><infon key="directed">false</infon>'
        '<node refid="2" role="late"/><node refid="1" role="early"/></relation>'
        "</document></collection>"
    )
    (document,) = BiocXmlFormat().read(tmp_path / "x")
    (relation,) = document.relations
    assert (relation.head, relation.tail) == ("1", "2")
    assert relation.metadata == {"roles": ["early", "late"]}


def test_text_of_sentences_alone_makes_the_passage(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(
        "<collection><document><id>1</id><passage><offset>2</offset>"
        "<sentence><offset>2</offset><text>One.</text></sentence>"
        "<sentence><offset>8</offset><text>Two.</text></sentence></passage>"
        "</document></collection>"
    )
    (document,) = BiocXmlFormat().read(tmp_path / "x")
    assert document.text == "\n\nOne.  Two."
    assert document.sentences == ((2, 6), (8, 12))


def test_repeated_document_id_is_numbered(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(
        "<!-- before --><collection>"
        + "<document><id>1</id></document>" * 2
        + "</collection><!-- after -->"
    )
    assert [document.id for document in BiocXmlFormat().read(tmp_path / "x")] == ["1", "1#2"]


def test_xml_reads_and_writes_one_document_at_a_time(tmp_path: Path) -> None:
    alive = 0
    most = 0

    class Counted(Document):
        def __del__(self) -> None:
            nonlocal alive
            alive -= 1

    def made() -> object:
        nonlocal alive, most
        for number in range(200):
            alive += 1
            most = max(most, alive)
            yield Counted(str(number), "text " * 20)

    BiocXmlFormat().write(made(), tmp_path / "x")
    assert most < 5
    assert sum(1 for _ in BiocXmlFormat().read(tmp_path / "x")) == 200


def test_external_entities_are_not_resolved(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "x").write_text(
        f'<!DOCTYPE c [<!ENTITY e SYSTEM "file://{tmp_path}/secret">]><collection><document>'
        "<id>1</id><passage><offset>0</offset><text>a&e;</text></passage></document></collection>"
    )
    report = CorpusReport()
    documents: List[Document] = []
    with contextlib.suppress(CorpusError):
        documents.extend(BiocXmlFormat(on_error="skip").read(tmp_path / "x", report))
    assert not any("secret" in document.text for document in documents)
    assert documents or report.lost

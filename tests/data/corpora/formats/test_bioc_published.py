"""BioC as it is published: keys that are absent, the export of PubTator 3, offsets that count
something else than characters."""

import json
from pathlib import Path
from typing import Any, Dict, List, Optional

import pytest

from bio_ie.data.corpora.fact_arguments import WITHOUT_MENTION
from bio_ie.data.corpora.formats.bioc import BiocJsonFormat, BiocXmlFormat
from bio_ie.data.corpora.mention_texts import OTHER_SPELLING
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.text.document import Document, Fact, Mention, Passage, Relation

VARIANT = "tmVar:p|SUB|V|6|E;HGVS:p.V6E;VariantGroup:0;CorrespondingGene:990031;RS#:990000031"


def read(
    folder: Path, value: Any, report: Optional[CorpusReport] = None, **options: Any
) -> List[Document]:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    (folder / "x").write_text(text, encoding="utf-8")
    return list(BiocJsonFormat(**options).read(folder / "x", report))


def without_empty(value: Any) -> Any:
    """The JSON value without keys whose values are empty."""
    if isinstance(value, list):
        return [without_empty(item) for item in value]
    if isinstance(value, dict):
        return {key: without_empty(part) for key, part in value.items() if part not in ([], {}, "")}
    return value


def empty_as_null(value: Any) -> Any:
    if isinstance(value, list):
        return [empty_as_null(item) for item in value] or None
    if isinstance(value, dict):
        return {key: empty_as_null(part) for key, part in value.items()} or None
    return value


def annotation(text: str, *places: int, **changes: Any) -> Dict[str, Any]:
    locations = [{"offset": places[0], "length": places[1]}] if places else []
    return {"id": "1", "infons": {"type": "X"}, "text": text, "locations": locations, **changes}


def document(*annotations: Any, text: str = "β and TARM2 ache.", **changes: Any) -> Dict[str, Any]:
    passage = {"offset": 0, "text": text, "annotations": list(annotations)}
    return {"id": "1", "passages": [passage], **changes}


@pytest.mark.parametrize("change", [without_empty, empty_as_null])
def test_absent_and_null_keys_give_the_documents_of_the_xml(
    change: Any, fixtures_folder: Path, tmp_path: Path
) -> None:
    expected = list(BiocXmlFormat().read(fixtures_folder / "corpora" / "bioc_xml" / "sample.xml"))
    BiocJsonFormat().write(expected, tmp_path / "y")
    assert read(tmp_path, change(json.loads((tmp_path / "y").read_text()))) == expected


def test_xml_lets_ids_of_annotations_and_roles_be_absent(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(
        "<collection><document><id>1</id><passage><offset>0</offset><text>abc</text><annotation>"
        '<infon key="type">X</infon><location offset="0" length="1"/><text>a</text></annotation>'
        '<annotation id="A1"><infon key="type">X</infon><location offset="2" length="1"/>'
        '<text>c</text></annotation></passage><relation><infon key="type">r</infon>'
        '<node refid="A1"/><node refid="A1"/></relation></document></collection>'
    )
    (found,) = BiocXmlFormat().read(tmp_path / "x")
    assert found.mentions == (Mention("A2", 0, 1, "X"), Mention("A1", 2, 3, "X"))
    assert found.relations == (Relation("r", "A1", "A1", metadata={"roles": ["", ""]}),)


def test_export_of_pubtator_3(fixtures_folder: Path) -> None:
    report = CorpusReport()
    path = fixtures_folder / "corpora" / "bioc_json" / "pubtator3.json"
    (found,) = BiocJsonFormat().read(path, report)
    assert found.passages[1] == Passage("abstract", 33, 61)
    assert [mention.concept_ids for mention in found.mentions] == [
        ("MESH:D900105",),
        ("990031",),
        ("MESH:D900209",),
        (VARIANT,),
        (),
    ]
    assert [(fact.type, fact.head, fact.tail, fact.score) for fact in found.facts] == [
        ("Negative_Correlation", "MESH:D900105", VARIANT, 0.95),
        ("Association", "MESH:D900209", "990031", 0.5),
    ]
    assert found.metadata == {
        "pmid": 940101, "journal": "Invented Letters", "authors": ["Harrow M"],
    }  # fmt: skip
    assert report.noted == {OTHER_SPELLING: 1}
    assert not report.lost


def test_roles_of_pubtator_3_in_xml_are_types_and_ids(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(
        "<collection><document><id>1</id><passage><offset>0</offset><text>abc</text></passage>"
        '<relation id="R1"><infon key="score">0.9</infon><infon key="role1">Gene|990031</infon>'
        '<infon key="role2">Disease|MESH:D900209</infon><infon key="type">r</infon>'
        '<node refid="0" role="1,2"/></relation></document></collection>'
    )
    report = CorpusReport()
    (found,) = BiocXmlFormat().read(tmp_path / "x", report)
    metadata = {"arguments": ["Gene|990031", "Disease|MESH:D900209"]}
    assert found.facts == (Fact("r", "990031", "MESH:D900209", 0.9, metadata),)
    assert report.noted == {WITHOUT_MENTION: 1}


def test_relation_of_roles_without_identifiers_is_counted(tmp_path: Path) -> None:
    report = CorpusReport()
    infons = {"type": "r", "role1": {"name": "a"}, "role2": {"identifier": "D1"}}
    relation = {"infons": infons, "nodes": [{"refid": "0", "role": "1,2"}]}
    (found,) = read(tmp_path, document(relations=[relation]), report)
    assert not found.facts
    assert report.lost == {"relations of other than two annotations cannot be read": 1}


@pytest.mark.parametrize(
    "content",
    [
        '{"id": "1", "passages": []}\n{"id": 2, "passages": []}\n',
        '[{"id": "1"}, {"id": 2, "passages": null}]',
        '{"PubTator3": [{"id": "1"}, {"pmid": 2, "passages": []}]}',
        '[{"documents": [{"id": "1"}]}, {"documents": null}, {"documents": [{"id": "2"}]}]',
        '{"documents": [{"id": "1"}]}\n\n{"PubTator3": [{"id": "2"}]}\n',
    ],
)
def test_documents_alone_in_lists_and_in_lines(content: str, tmp_path: Path) -> None:
    assert [found.id for found in read(tmp_path, content)] == ["1", "2"]


def test_one_document_alone(tmp_path: Path) -> None:
    assert [found.id for found in read(tmp_path, {"id": 7, "passages": []})] == ["7"]


def test_broken_line_is_lost_alone(tmp_path: Path) -> None:
    report = CorpusReport()
    content = '{"id": "1", "passages": []}\n{"id": \n{"id": "3", "passages": []}\n'
    found = read(tmp_path, content, report, on_error="skip")
    assert [document.id for document in found] == ["1", "3"]
    assert report.lost == {"line is not valid JSON": 1}


@pytest.mark.parametrize(
    ("unit", "title", "abstract", "offset", "start"),
    [
        ("bytes", "β🙂", "β TARM2", 7, 10),
        ("UTF-16 code units", "𝛽", "🙂🙂 TARM2", 3, 8),
    ],
)
def test_offsets_may_count_bytes_or_code_units(
    unit: str, title: str, abstract: str, offset: int, start: int, tmp_path: Path
) -> None:
    value = document(text=title)
    found_there = annotation("TARM2", start, 5)
    value["passages"].append({"offset": offset, "text": abstract, "annotations": [found_there]})
    report = CorpusReport()
    (found,) = read(tmp_path, value, report)
    assert found.text == f"{title}\n{abstract}"
    assert found.text_of(found.mentions[0]) == "TARM2"
    assert list(report.noted) == [f"documents count offsets in {unit}"]


def test_wrong_annotations_do_not_change_the_unit(tmp_path: Path) -> None:
    report = CorpusReport()
    value = document(annotation("TARM2", 6, 5), annotation("rash", 12, 4, id="2"))
    (found,) = read(tmp_path, value, report, on_error="skip")
    assert len(found.mentions) == 1
    assert not report.noted


def test_overlapping_passage_is_put_behind_the_one_before_it(tmp_path: Path) -> None:
    report = CorpusReport()
    value = document(annotation("TARM2", 6, 5))
    value["passages"].append(
        {"offset": 10, "text": "It aches.", "annotations": [annotation("aches", 13, 5, id="2")]}
    )
    value["annotations"] = [annotation("It", 10, 2, id="3")]
    (found,) = read(tmp_path, value, report)
    assert found.text == "β and TARM2 ache.\nIt aches."
    assert [found.text_of(mention) for mention in found.mentions] == ["TARM2", "aches", "It"]
    assert list(report.noted.values()) == [1]


def test_repeated_annotation_ids_are_numbered(tmp_path: Path) -> None:
    report = CorpusReport()
    value = document(annotation("TARM2", 6, 5), annotation("ache", 12, 4))
    (found,) = read(tmp_path, value, report)
    assert [mention.id for mention in found.mentions] == ["1", "1#2"]
    assert list(report.noted) == ["annotations have the id of another one and got a new id"]


def test_annotations_without_a_type_need_a_default_type(tmp_path: Path) -> None:
    value = document(annotation("TARM2", 6, 5, infons=None))
    (found,) = read(tmp_path, value, default_type="Entity")
    assert found.mentions[0].type == "Entity"


def test_annotation_of_no_character_is_counted(tmp_path: Path) -> None:
    report = CorpusReport()
    (found,) = read(tmp_path, document(annotation("", 6, 0)), report)
    assert not found.mentions
    assert report.lost == {"annotations of no character cannot be read": 1}


def test_facts_of_composites_come_back(tmp_path: Path) -> None:
    infons = {"type": "r", "entity1": "UMLS:C1", "entity2": "C2|C3"}
    (found,) = read(tmp_path, document(relations=[{"infons": infons}]))
    assert [(fact.head, fact.tail) for fact in found.facts] == [("C1", "C2"), ("C1", "C3")]
    odd = found.with_changes(facts=[*found.facts, Fact("r", "a|b", "UMLS:C1")])
    for corpus_format in (BiocJsonFormat(), BiocXmlFormat()):
        corpus_format.write([odd], tmp_path / "y")
        assert list(corpus_format.read(tmp_path / "y")) == [odd]

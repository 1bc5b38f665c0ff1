import gzip
import json
import re
from pathlib import Path
from typing import List

import pytest
from allennlp.common.checks import ConfigurationError

from bio_ie.files.corpus_error import CorpusError
from tests.knowledge.knowledge_bases import from_source, relations

IS_A = [
    ("HP:9900002", "is_a", "HP:9900001"),
    ("HP:9900003", "is_a", "HP:9900002"),
    ("HP:9900003", "located_in", "HP:9900004"),
    ("HP:9900004", "is_a", "HP:9900001"),
    ("HP:9900006", "is_a", "HP:9900003"),
    ("HP:9900007", "is_a", "HP:9900003"),
    ("HP:9900007", "is_a", "HP:9900004"),
]


@pytest.fixture(params=["phenotypes.obo", "phenotypes.json"])
def path(request: pytest.FixtureRequest, fixtures_folder: Path) -> str:
    return str(fixtures_folder / "knowledge" / request.param)


def test_live_terms_and_what_is_said_of_them(path: str, tmp_path: Path) -> None:
    kb, report = from_source(tmp_path, type="obo", path=path)
    assert dict(report.read) == {
        "terms": 7, "synonyms": 2, "of them obsolete and left out": 1,
    }  # fmt: skip
    assert len(kb) == 6
    concept = kb.concept("HP:9900003")
    assert concept.name == "Inflamed lumen"
    assert sorted(concept.aliases) == ["Lumen inflammation", "Sore inside"]
    assert concept.definition == 'The lumen is inflamed, as a "bracket ]" shows.'
    # The ids are an alternate id, the obsolete term that the term replaces, and cross-references.
    assert concept.alternate_ids == ("C9900003", "HP:9900005", "HP:9900030", "MESH:D900003")
    assert relations(kb) == IS_A
    assert kb.inverses()["located_in"] == "location_of"
    assert json.loads(kb.metadata["left_out"]) == {
        "alternate ids that more than one concept claims": 1
    }


def test_type_is_the_branch_below_the_root(path: str, tmp_path: Path) -> None:
    kb, _ = from_source(tmp_path, type="obo", path=path)
    assert kb.semantic_types([concept.id for concept in kb.concepts()]) == {
        "HP:9900001": ("All Invented",),
        "HP:9900002": ("Invented abnormality",),
        "HP:9900003": ("Invented abnormality",),
        "HP:9900004": ("Lumen",),
        "HP:9900006": ("Invented abnormality",),
        "HP:9900007": ("Invented abnormality", "Lumen"),
    }


def test_given_type_is_every_terms(path: str, tmp_path: Path) -> None:
    kb, _ = from_source(tmp_path, type="obo", path=path, semantic_type="Phenotype")
    assert len(list(kb.concepts_of_types(["Phenotype"]))) == len(kb) == 6


def test_obsolete_terms_can_be_concepts(path: str, tmp_path: Path) -> None:
    kb, _ = from_source(tmp_path, type="obo", path=path, obsolete=True)
    assert kb.concept("HP:9900005").name == "obsolete Lumen trouble"
    assert "HP:9900005" not in kb.concept("HP:9900003").alternate_ids


def test_synonyms_are_chosen_by_scope(path: str, tmp_path: Path) -> None:
    kb, _ = from_source(tmp_path, type="obo", path=path, synonym_scopes=["EXACT"])
    assert kb.concept("HP:9900003").aliases == ("Lumen inflammation",)


def test_unknown_scope_is_a_configuration_error(path: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="not \\['EXAKT'\\]"):
        from_source(tmp_path, type="obo", path=path, synonym_scopes=["EXAKT"])


def test_gzipped_files_are_recognised(path: str, tmp_path: Path) -> None:
    file = tmp_path / "terms"
    file.write_bytes(gzip.compress(Path(path).read_bytes()))
    assert len(from_source(tmp_path, type="obo", path=str(file))[0]) == 6


def test_type_is_the_namespace_where_there_are_several(tmp_path: Path) -> None:
    terms = [("1", "process"), ("2", "function"), ("3", "function")]
    text = "".join(
        f"\n[Term]\nid: X:{number}\nname: n{number}\nnamespace: {namespace}\n"
        for number, namespace in terms
    )
    (tmp_path / "x").write_text("format-version: 1.2\n" + text)
    kb, _ = from_source(tmp_path, type="obo", path=str(tmp_path / "x"))
    assert kb.semantic_types(["X:1", "X:2"]) == {"X:1": ("process",), "X:2": ("function",)}


def test_circles_and_terms_apart_are_no_trouble(tmp_path: Path) -> None:
    text = "".join(
        f"\n[Term]\nid: X:{number}\nname: n{number}\n" + (f"is_a: X:{other}\n" if other else "")
        for number, other in [(1, 2), (2, 1), (3, None), (4, 5), (5, None)]
    )
    (tmp_path / "x").write_text("format-version: 1.2\n" + text)
    kb, _ = from_source(tmp_path, type="obo", path=str(tmp_path / "x"))
    types = kb.semantic_types([f"X:{number}" for number in (1, 3, 4, 5)])
    assert types == {"X:1": (), "X:3": (), "X:4": ("n4",), "X:5": ("n5",)}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("format-version: 1.2\n", "x: the file has no term"),
        ("format-version: 1.2\n\n[Term]\nid HP:1\n", "not an ontology that can be read"),
        ("neither of them", "not an ontology that can be read"),
        ("{}", "not an OBO graph: there are no 'graphs'"),
        ('{"graphs": [5]}', "not an OBO graph"),
        ('{"graphs": [{"nodes": [{"lbl": "x"}]}]}', "not an OBO graph: KeyError('id')"),
        ('{"graphs": ', "x:1: not valid JSON"),
        (
            '{"graphs": [{"nodes": [{"id": "a/X_1", "type": "CLASS"}]}]}',
            "without a name: X:1",
        ),
        ("\n[Term]\nid: X:1\n", "x:2: a term without a name: X:1"),
        ("\n[Term]\nname: ache\n", "x:2: a Term without an id"),
        ("date: 05:20:2021 12:00\n", "x:1: not a date: '05:20:2021 12:00'"),
        ("data: x\n[Term]\nid: X:1 2\n", "x:3: an id is followed by something that is no comment"),
    ],
)
def test_bad_files_are_named_with_the_reason(
    content: str, message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("x").write_text(content)
    with pytest.raises(CorpusError) as caught:
        from_source(tmp_path, type="obo", path="x")
    assert str(caught.value).startswith("x:")
    assert message in str(caught.value)


def test_order_of_statements_does_not_change_from_run_to_run(path: str, tmp_path: Path) -> None:
    prints: List[str] = []
    for _ in range(2):
        prints.append(from_source(tmp_path, type="obo", path=path)[0].fingerprint)
    assert prints[0] == prints[1]


TERMS = (
    "format-version: 1.2\n\n[Term]\nid: X:1\nname: orvex acid\n{}\n"
    "\n[Term]\nid: X:2\nname: other\nis_a: X:1 ! orvex acid\n"
)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("xref: http://example.org/a b", "a cross-reference that is not an id and a description"),
        ("xref: xref (ILX:0770149)", "a cross-reference that is not an id and a description"),
        ('synonym: "orvex EXACT []', "whose quotes are not closed"),
        ("def: no quotes []", "a text that is not in quotes"),
        ("creation_date: 2023-19-07T11:19:50Z", "not a date"),
        ("relationship: part_of", "an id is missing: 'part_of'"),
        ("is_a: X:3 X:4", "an id is followed by something that is no comment"),
        ('synonym: "or\x07vex" EXACT []', "a line with a control character"),
        ('synonym: "caf\udce9" EXACT []', "a line with bytes that are not UTF-8"),
        ("a line of prose", "no stanza and no tag with a value"),
    ],
)
def test_bad_line_is_named_or_lost_alone(line: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text(TERMS.format(line), encoding="utf-8", errors="surrogateescape")
    with pytest.raises(CorpusError, match=f"x:6: .*{re.escape(reason)}"):
        from_source(tmp_path, type="obo", path=str(path))
    kb, report = from_source(tmp_path, type="obo", path=str(path), on_error="skip")
    assert sorted(concept.name for concept in kb.concepts()) == ["orvex acid", "other"]
    assert relations(kb) == [("X:2", "is_a", "X:1")]
    assert sum(report.lost.values()) == 1


@pytest.mark.parametrize(
    ("line", "aliases", "alternate_ids"),
    [
        ('synonym: "o {brace} acid" RELATED [] {source="x", comment="y"}', ["o {brace} acid"], []),
        ('xref: CAS:50-00-0 "ChemIDplus" {source="z"}', [], ["CAS:50-00-0"]),
        ('xref: BEL:"9-1 Complex"', [], ["BEL:9-1 Complex"]),
        ('xref: url:http\\://example.org "a site" ! a comment', [], ["url:http://example.org"]),
        ('synonym: "undeclared" EXACT LAYPERSON []', ["undeclared"], []),
        ('synonym: "spaced" EXACT [TAO:Bird and Mabee 2003]', ["spaced"], []),
        ('exact_synonym: "old \\"tag\\"" []', ['old "tag"'], []),
        ('def: "Something." [url:https\\://example.org/x, url:N\u2013P"]', [], []),
        ('synonym: "on two \\\n  lines" EXACT []', ["on two lines"], []),
    ],
)
def test_odd_lines_of_published_files_are_read(
    line: str, aliases: List[str], alternate_ids: List[str], tmp_path: Path
) -> None:
    (tmp_path / "x").write_text(TERMS.format(line), encoding="utf-8")
    kb, report = from_source(tmp_path, type="obo", path=str(tmp_path / "x"))
    assert list(kb.concept("X:1").aliases) == aliases
    assert list(kb.concept("X:1").alternate_ids) == alternate_ids
    assert not report.lost


def test_parents_and_relations_into_other_ontologies_are_left_out_and_counted(
    tmp_path: Path,
) -> None:
    lines = "is_a: UO:1 ! unit\nrelationship: part_of UO:2\nrelationship: undeclared X:2"
    (tmp_path / "x").write_text("\ufeff" + TERMS.format(lines).replace("\n", "\r\n"))
    kb, _ = from_source(tmp_path, type="obo", path=str(tmp_path / "x"))
    assert relations(kb) == [("X:1", "undeclared", "X:2"), ("X:2", "is_a", "X:1")]
    assert json.loads(kb.metadata["left_out"]) == {"relations with an end that no source names": 2}


def test_terms_without_a_name_are_left_out_and_counted(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(TERMS.format("") + "\n[Term]\nid: UO:1\nis_a: X:1\n")
    kb, report = from_source(tmp_path, type="obo", path=str(tmp_path / "x"))
    assert len(kb) == 2
    assert report.read["of them without a name and left out"] == 1


def test_stanzas_with_the_same_id_are_one_term(tmp_path: Path) -> None:
    more = '\n[Term]\nid: X:1\nsynonym: "ox" EXACT []\n'
    (tmp_path / "x").write_text(TERMS.format("") + more)
    kb, _ = from_source(tmp_path, type="obo", path=str(tmp_path / "x"))
    assert kb.concept("X:1").aliases == ("ox",)

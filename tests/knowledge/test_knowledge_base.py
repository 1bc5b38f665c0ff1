import copy
import multiprocessing
import os
import pickle
import random
import shutil
import sqlite3
from pathlib import Path
from typing import Any, Dict, List, Set, Tuple

import pytest
from allennlp.common import Params

from bio_ie.knowledge import (
    Concept,
    KnowledgeBase,
    KnowledgeBaseError,
    Node,
    UnknownConceptError,
    knowledge_base,
    write_knowledge_base,
)
from bio_ie.knowledge.statements import (
    AlternateId,
    ConceptRelation,
    ConceptType,
    Definition,
    InverseRelation,
    Statement,
    TypeName,
    TypeRelation,
)
from tests.knowledge.knowledge_bases import built, named, relations

STATEMENTS: List[Statement] = [
    *named("MESH:D2", "Lumenitis", "Inflamed Lumen", "inflamed lumen!", types=["Disease"]),
    Definition("MESH:D2", "An invented inflammation."),
    AlternateId("MESH:D2", "OMIM:7"),
    AlternateId("MESH:D2", "DOID:5"),
    *named("MESH:D1", "Complaint", types=["Disease", "Finding"]),
    AlternateId("MESH:D1", "DOID:5"),
    *named("HP:1", "Inflamed lumen"),
    *named("C9900003", "Lumenitis NOS", types=["T998"]),
    TypeName("T998", "Invented Disease"),
    ConceptRelation("MESH:D2", "is_a", "MESH:D1"),
    ConceptRelation("MESH:D2", "has_phenotype", "HP:1", ("11", "12")),
]


@pytest.fixture
def kb(tmp_path: Path) -> KnowledgeBase:
    return built(tmp_path, STATEMENTS)


def test_concepts_come_by_id_with_all_that_is_said_of_them(kb: KnowledgeBase) -> None:
    assert len(kb) == 4
    assert list(kb.concepts()) == [
        Concept("C9900003", "Lumenitis NOS", None, (), ("T998",), ()),
        Concept("HP:1", "Inflamed lumen", None, (), (), ()),
        Concept("MESH:D1", "Complaint", None, (), ("Disease", "Finding"), ("DOID:5",)),
        Concept(
            "MESH:D2",
            "Lumenitis",
            "An invented inflammation.",
            ("Inflamed Lumen", "inflamed lumen!"),
            ("Disease",),
            ("DOID:5", "OMIM:7"),
        ),
    ]
    assert [kb.concept(concept.id) for concept in kb.concepts()] == list(kb.concepts())


def test_names_come_by_concept_the_preferred_one_first(kb: KnowledgeBase) -> None:
    expected = [(item.id, name) for item in kb.concepts() for name in (item.name, *item.aliases)]
    assert list(kb.names()) == expected


def test_preferred_names_are_by_concept_and_of_those_that_are_there(kb: KnowledgeBase) -> None:
    asked = ["MESH:D1", "nothing", "MESH:D2", "MESH:D1", "T998", "OMIM:7"]
    assert kb.preferred_names(asked) == {"MESH:D1": "Complaint", "MESH:D2": "Lumenitis"}
    assert kb.preferred_names([]) == {}
    every = (concept.id for concept in kb.concepts())
    assert kb.preferred_names(every) == {c.id: c.name for c in kb.concepts()}


def test_unknown_concept_is_a_key_error_that_names_file_and_id(kb: KnowledgeBase) -> None:
    for ask in (kb.concept, lambda id: kb.semantic_types([id]), lambda id: kb.subgraph([id])):
        with pytest.raises(UnknownConceptError) as caught:
            ask("MESH:D9")
        assert isinstance(caught.value, KeyError)
        assert str(caught.value) == f"{kb.path}: there is no concept 'MESH:D9'"


def test_membership_is_of_own_ids(kb: KnowledgeBase) -> None:
    assert "MESH:D2" in kb
    assert "OMIM:7" not in kb
    assert "D2" not in kb
    assert 5 not in kb


@pytest.mark.parametrize(
    ("id", "concept"),
    [
        ("MESH:D2", "MESH:D2"),
        ("MSH:D2", "MESH:D2"),
        ("D2", "MESH:D2"),
        ("OMIM:7", "MESH:D2"),
        ("7", "MESH:D2"),
        ("1", "HP:1"),
        ("UMLS:C9900003", "C9900003"),
        ("C9900003", "C9900003"),
        ("DOID:5", None),  # claimed twice
        ("5", None),
        ("MESH:D9", None),
        ("", None),
    ],
)
def test_any_unambiguous_id_finds_its_concept(kb: KnowledgeBase, id: str, concept: Any) -> None:
    assert kb.resolve(id) == concept
    assert kb.resolve_many([id, id, "D1"]) == {
        **({id: concept} if concept else {}),
        "D1": "MESH:D1",
    }


def test_own_ids_go_before_alternate_ones(tmp_path: Path) -> None:
    kb = built(tmp_path, [*named("A:1", "a"), *named("B:2", "b"), AlternateId("A:1", "B:2")])
    assert kb.resolve("B:2") == kb.resolve("2") == "B:2"


def test_bare_id_of_two_vocabularies_is_ambiguous(tmp_path: Path) -> None:
    kb = built(tmp_path, [*named("A:1", "a"), *named("B:1", "b")])
    assert kb.resolve("1") is None
    assert kb.resolve("A:1") == "A:1"


def test_prefix_that_the_knowledge_base_lacks_does_no_harm(tmp_path: Path) -> None:
    kb = built(tmp_path, named("D1", "a"))
    assert kb.resolve("MESH:D1") == "D1"


def test_lookup_is_by_normalized_name(kb: KnowledgeBase) -> None:
    assert kb.lookup(["inflamed lumen", "lumenitis", "nothing", "", "inflamed lumen"]) == {
        "inflamed lumen": ("HP:1", "MESH:D2"),
        "lumenitis": ("MESH:D2",),
    }
    assert kb.lookup([]) == {}


def test_name_of_punctuation_alone_is_never_found(tmp_path: Path) -> None:
    assert built(tmp_path, named("A:1", "+")).lookup([""]) == {}


def test_semantic_types_both_ways(kb: KnowledgeBase) -> None:
    assert kb.semantic_types(["MESH:D1", "HP:1"]) == {
        "MESH:D1": ("Disease", "Finding"),
        "HP:1": (),
    }
    assert list(kb.concepts_of_types(["Finding", "Disease"])) == ["MESH:D1", "MESH:D2"]
    assert list(kb.concepts_of_types(["none"])) == []
    assert kb.type_names() == {"T998": "Invented Disease"}


def test_relations_have_their_evidence(kb: KnowledgeBase) -> None:
    assert relations(kb) == [
        ("MESH:D2", "has_phenotype", "HP:1"),
        ("MESH:D2", "is_a", "MESH:D1"),
    ]
    assert list(kb.relations_of("MESH:D2")) == [("has_phenotype", "HP:1"), ("is_a", "MESH:D1")]
    assert kb.evidence("MESH:D2", "has_phenotype", "HP:1") == ("11", "12")
    assert kb.evidence("MESH:D2", "is_a", "MESH:D1") == ()


def test_relation_types_are_all_that_an_edge_can_be(kb: KnowledgeBase) -> None:
    one_way = ["has_phenotype", "has_type", "is_a"]
    assert kb.relation_types() == tuple(sorted(one_way + [f"inverse:{name}" for name in one_way]))


def test_subgraph_has_concepts_types_and_edges_in_both_directions(kb: KnowledgeBase) -> None:
    graph = kb.subgraph(["MESH:D2", "MESH:D1", "MESH:D2"])
    assert graph.nodes == (
        Node("MESH:D2", "concept"),
        Node("MESH:D1", "concept"),
        Node("Disease", "type"),
        Node("Finding", "type"),
    )
    assert graph.edges == [
        (0, "has_type", 2),
        (0, "is_a", 1),
        (1, "has_type", 2),
        (1, "has_type", 3),
        (1, "inverse:is_a", 0),
        (2, "inverse:has_type", 0),
        (2, "inverse:has_type", 1),
        (3, "inverse:has_type", 1),
    ]
    assert kb.subgraph([]).nodes == ()
    assert kb.subgraph(["MESH:D2", "MESH:D1"]) is graph


def test_direction_that_the_source_lists_itself_is_not_added_again(tmp_path: Path) -> None:
    kb = built(
        tmp_path,
        [
            *named("A", "a"), *named("B", "b"), *named("C", "c"),
            ConceptRelation("A", "isa", "B"), ConceptRelation("B", "inverse_isa", "A"),
            ConceptRelation("A", "isa", "C"), ConceptRelation("A", "like", "B"),
            InverseRelation("isa", "inverse_isa"), InverseRelation("inverse_isa", "isa"),
            InverseRelation("like", "like"), InverseRelation("absent", "never"),
        ],
    )  # fmt: skip
    assert kb.relation_types() == ("inverse_isa", "isa", "like")
    assert kb.subgraph(["A", "B", "C"]).edges == [
        (0, "isa", 1),
        (0, "isa", 2),
        (0, "like", 1),
        (1, "inverse_isa", 0),
        (1, "like", 0),
        (2, "inverse_isa", 0),
    ]


def random_statements(rng: random.Random, concepts: int, types: int) -> List[Statement]:
    ids = [f"X:{number}" for number in range(concepts)]
    statements = [statement for id in ids for statement in named(id, f"name {id}")]
    for id in ids:
        for type_ in rng.sample(range(types), rng.randint(0, 2)):
            statements.append(ConceptType(id, f"T{type_}"))
    for _ in range(6 * concepts):
        head, tail = rng.choice(ids[:3] if rng.random() < 0.4 else ids), rng.choice(ids)
        statements.append(ConceptRelation(head, f"r{rng.randint(0, 3)}", tail))
    for _ in range(types):
        head, tail = (f"T{rng.randrange(types)}" for _ in range(2))
        statements.append(TypeRelation(head, rng.choice(["r0", "t"]), tail))
    return [*statements, InverseRelation("r1", "r2"), InverseRelation("r3", "r3")]


def brute_force_edges(
    statements: List[Statement], nodes: Tuple[Node, ...], inverses: Dict[str, str]
) -> Set[Tuple[int, str, int]]:
    places = {(node.kind, node.id): place for place, node in enumerate(nodes)}
    edges = set()
    for statement in statements:
        if isinstance(statement, ConceptRelation):
            if statement.head == statement.tail:
                continue
            ends = ("concept", statement.head), ("concept", statement.tail)
            type_ = statement.type
        elif isinstance(statement, TypeRelation):
            ends = ("type", statement.head), ("type", statement.tail)
            type_ = statement.type
        elif isinstance(statement, ConceptType):
            ends = ("concept", statement.concept), ("type", statement.type)
            type_ = "has_type"
        else:
            continue
        if ends[0] in places and ends[1] in places:
            head, tail = places[ends[0]], places[ends[1]]
            edges.add((head, type_, tail))
            edges.add((tail, inverses.get(type_, f"inverse:{type_}"), head))
    return edges


@pytest.mark.parametrize("large_degree", [0, 3, 1000])
def test_subgraph_agrees_with_a_scan_of_all_statements(
    large_degree: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(knowledge_base, "LARGE_DEGREE", large_degree)
    rng = random.Random(large_degree)
    statements = random_statements(rng, concepts=40, types=6)
    kb = built(tmp_path, statements)
    all_ids = [concept.id for concept in kb.concepts()]
    for _ in range(40):
        ids = rng.sample(all_ids, rng.randint(1, len(all_ids)))
        graph = kb.subgraph(ids)
        types = {item.type for item in statements if isinstance(item, ConceptType)
                 and item.concept in ids}  # fmt: skip
        assert [node.id for node in graph.nodes] == [*ids, *sorted(types)]
        expected = brute_force_edges(statements, graph.nodes, {"r1": "r2", "r2": "r1", "r3": "r3"})
        assert graph.edges == sorted(expected)
        assert {edge[1] for edge in graph.edges} <= set(kb.relation_types())


# Files


@pytest.mark.parametrize("name", ["with space", "a?b#c%20d", "ünïcode", "quote'\"", "a&mode=rw"])
def test_path_may_have_any_character(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    folder.mkdir()
    assert len(built(folder, STATEMENTS)) == 4


def test_nothing_is_opened_before_something_is_asked(tmp_path: Path) -> None:
    kb = KnowledgeBase(str(tmp_path / "later.sqlite"))
    with pytest.raises(KnowledgeBaseError, match=r"later\.sqlite: there is no such file; .*kb"):
        len(kb)
    write_knowledge_base(kb.path, {"s": STATEMENTS})
    assert len(kb) == 4


def test_knowledge_base_is_a_part_of_configs(kb: KnowledgeBase) -> None:
    assert len(KnowledgeBase.from_params(Params({"path": kb.path}))) == 4


def test_copies_and_pickles_leave_the_connection_behind(kb: KnowledgeBase) -> None:
    kb.subgraph(["MESH:D2"])
    for other in (copy.deepcopy(kb), pickle.loads(pickle.dumps(kb))):
        assert other.path == kb.path
        assert other._connection is None
        assert other.subgraph(["MESH:D2"]) == kb.subgraph(["MESH:D2"])


def _ask(kb: KnowledgeBase, results: Any) -> None:
    results.put((os.getpid(), kb.resolve("7"), kb.subgraph(["MESH:D2", "MESH:D1"])))


def test_forked_processes_share_the_file_and_not_the_connection(kb: KnowledgeBase) -> None:
    expected = kb.subgraph(["MESH:D2", "MESH:D1"])
    context = multiprocessing.get_context("fork")
    results = context.Queue()
    workers = [context.Process(target=_ask, args=(kb, results)) for _ in range(3)]
    for worker in workers:
        worker.start()
    found = [results.get(timeout=60) for _ in workers]
    for worker in workers:
        worker.join()
    assert {pid for pid, _, _ in found} == {worker.pid for worker in workers}
    assert all(found_by[1:] == ("MESH:D2", expected) for found_by in found)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert kb.concept("MESH:D2").name == "Lumenitis"


def test_file_can_be_read_only(kb: KnowledgeBase) -> None:
    os.chmod(kb.path, 0o400)
    os.chmod(Path(kb.path).parent, 0o500)
    try:
        assert len(kb) == 4
        assert os.listdir(Path(kb.path).parent) == ["kb.sqlite"]
    finally:
        os.chmod(Path(kb.path).parent, 0o700)


def test_knowledge_base_cannot_be_changed_through_it(kb: KnowledgeBase) -> None:
    with pytest.raises(KnowledgeBaseError, match="readonly"):
        list(kb._execute("DELETE FROM concept"))


@pytest.mark.parametrize("content", [b"", b"no database", b"SQLite format 3\x00"])
def test_other_file_is_no_knowledge_base(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    path.write_bytes(content)
    with pytest.raises(
        KnowledgeBaseError, match=r"kb\.sqlite: is not a knowledge base \(not a SQL"
    ):
        len(KnowledgeBase(str(path)))


def test_other_database_is_no_knowledge_base(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "kb.sqlite")
    connection.execute("CREATE TABLE concept (id)")
    connection.close()
    with pytest.raises(KnowledgeBaseError, match="is a SQLite file, but not a knowledge base"):
        len(KnowledgeBase(str(tmp_path / "kb.sqlite")))


def test_folder_is_no_knowledge_base(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeBaseError, match="cannot be read: Is a directory"):
        len(KnowledgeBase(str(tmp_path)))


def _changed(kb: KnowledgeBase, statement: str) -> KnowledgeBase:
    connection = sqlite3.connect(kb.path, isolation_level=None)
    connection.execute(statement)
    connection.close()
    return KnowledgeBase(kb.path)


def test_other_schema_version_says_to_build_again(kb: KnowledgeBase) -> None:
    changed = _changed(kb, "PRAGMA user_version = 99")
    with pytest.raises(KnowledgeBaseError, match=r"schema version 99, .* reads version 1; build"):
        len(changed)


@pytest.mark.parametrize(
    "statement", ["DELETE FROM meta WHERE key = 'fingerprint'", "DROP TABLE relation"]
)
def test_unfinished_file_says_so(kb: KnowledgeBase, statement: str) -> None:
    with pytest.raises(KnowledgeBaseError, match="is incomplete; build it again"):
        len(_changed(kb, statement))


def test_file_that_was_cut_off_is_damaged(kb: KnowledgeBase) -> None:
    content = Path(kb.path).read_bytes()
    for size in (len(content) - 1, len(content) // 2, 4096):
        Path(kb.path).write_bytes(content[:size])
        with pytest.raises(KnowledgeBaseError, match=rf"the file is damaged \({size:,} bytes inst"):
            len(KnowledgeBase(kb.path))


def test_pages_of_garbage_are_an_error_with_the_files_name(kb: KnowledgeBase) -> None:
    content = bytearray(Path(kb.path).read_bytes())
    content[4096:] = b"\xff" * (len(content) - 4096)
    Path(kb.path).write_bytes(content)
    with pytest.raises(KnowledgeBaseError, match=r"kb\.sqlite: the file is damaged \("):
        list(KnowledgeBase(kb.path).concepts())


def test_copy_has_the_same_fingerprint(kb: KnowledgeBase, tmp_path: Path) -> None:
    shutil.copy(kb.path, tmp_path / "copy.sqlite")
    assert KnowledgeBase(str(tmp_path / "copy.sqlite")).fingerprint == kb.fingerprint


def test_errors_can_be_pickled() -> None:
    error = pickle.loads(pickle.dumps(KnowledgeBaseError("reason", "file")))
    assert (str(error), error.path) == ("file: reason", "file")

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import List

import pytest

from bio_ie.knowledge import (
    KnowledgeBase,
    KnowledgeBaseError,
    KnowledgeBaseWriter,
    write_knowledge_base,
)
from bio_ie.knowledge.statements import (
    REFERENCE,
    AlternateId,
    ConceptName,
    ConceptRelation,
    ConceptType,
    Definition,
    Statement,
    TypeName,
)
from tests.knowledge.knowledge_bases import built, named, relations


def left_out(kb: KnowledgeBase) -> dict:
    return json.loads(kb.metadata["left_out"])


def test_metadata_counts_what_there_is(tmp_path: Path) -> None:
    kb = built(
        tmp_path,
        [
            *named("A:1", "one", "uno", types=["X", "Y"]), *named("A:2", "two", types=["X"]),
            Definition("A:1", "text"), AlternateId("A:1", "B:1"),
            ConceptRelation("A:1", "is_a", "A:2"),
        ],
    )  # fmt: skip
    counts = {
        "concepts": 2, "names": 3, "synonyms": 1, "definitions": 1, "alternate_ids": 1,
        "semantic_types": 2, "concepts_with_type": 2, "relations": 1, "type_relations": 0,
        "relation_types": 4,
    }  # fmt: skip
    assert {name: int(kb.metadata[name]) for name in counts} == counts
    assert json.loads(kb.metadata["semantic_types_by_type"]) == {"X": 2, "Y": 1}
    assert json.loads(kb.metadata["relations_by_type"]) == {"is_a": 1}
    assert json.loads(kb.metadata["sources"]) == ["s0"]
    assert left_out(kb) == {}
    assert kb.metadata["schema_version"] == "1"


# One concept or two


def test_same_id_in_two_sources_is_one_concept(tmp_path: Path) -> None:
    kb = built(
        tmp_path,
        [*named("A:1", "one", "uno", types=["X"]), *named("A:2", "two")],
        [
            *named("A:1", "uno", "eins", types=["Y"]), Definition("A:1", "second"),
            ConceptRelation("A:1", "r", "A:2"),
        ],
        [*named("A:1", "one"), Definition("A:1", "third")],
    )  # fmt: skip
    concept = kb.concept("A:1")
    assert (concept.name, concept.aliases) == ("one", ("uno", "eins"))
    assert concept.semantic_types == ("X", "Y")
    assert concept.definition == "second"
    assert relations(kb) == [("A:1", "r", "A:2")]


def test_preferred_name_is_that_of_lowest_rank(tmp_path: Path) -> None:
    names = [("d", 5), ("b", 2), ("a", 2), ("e", 5)]
    kb = built(tmp_path, [ConceptName("A:1", name, rank) for name, rank in names])
    assert [name for _, name in kb.names()] == ["b", "a", "d", "e"]


def test_what_one_source_says_twice_stays(tmp_path: Path) -> None:
    kb = built(tmp_path, named("A:1", "one", "uno", "uno"), named("A:1", "uno", "uno"))
    assert [name for _, name in kb.names()] == ["one", "uno", "uno"]


def merged(tmp_path: Path, *sources: List[Statement]) -> KnowledgeBase:
    return built(tmp_path, *sources, merge_by=["M"])


def test_cross_reference_makes_one_concept_of_two(tmp_path: Path) -> None:
    kb = merged(
        tmp_path,
        [*named("M:1", "one"), *named("M:2", "two"), ConceptRelation("M:1", "r", "M:2")],
        [
            *named("H:1", "eins", "ein"), AlternateId("H:1", "M:1"), Definition("H:1", "text"),
            *named("H:2", "zwei"), ConceptRelation("H:2", "r", "H:1"),
        ],
    )  # fmt: skip
    concept = kb.concept("M:1")
    assert (concept.name, concept.aliases) == ("one", ("eins", "ein"))
    assert concept.definition == "text"
    assert concept.alternate_ids == ("H:1",)
    assert kb.resolve("H:1") == "M:1"
    assert relations(kb) == [("H:2", "r", "M:1"), ("M:1", "r", "M:2")]
    assert len(kb) == 3


def test_id_of_the_earlier_source_is_kept(tmp_path: Path) -> None:
    h = [*named("H:1", "eins"), AlternateId("H:1", "M:1")]
    kb = merged(tmp_path, h, named("M:1", "one"))
    assert [concept.id for concept in kb.concepts()] == ["H:1"]
    assert kb.concept("H:1").alternate_ids == ("M:1",)


def test_shared_cross_reference_merges_too(tmp_path: Path) -> None:
    kb = merged(
        tmp_path,
        [*named("H:1", "eins"), AlternateId("H:1", "M:1")],
        [*named("D:1", "one"), AlternateId("D:1", "M:1")],
    )
    assert [concept.id for concept in kb.concepts()] == ["H:1"]


def test_nothing_merges_by_other_prefixes(tmp_path: Path) -> None:
    h = [*named("H:1", "eins"), AlternateId("H:1", "N:1")]
    assert len(merged(tmp_path, h, named("N:1", "one"))) == 2


@pytest.mark.parametrize(
    "references",
    [
        [("H:1", "M:1"), ("H:2", "M:1")],  # two terms refer to one
        [("H:1", "M:1"), ("H:1", "M:2")],  # one refers to two
    ],
)
def test_ambiguous_cross_references_merge_nothing_and_are_counted(
    references: List[tuple], tmp_path: Path
) -> None:
    kb = merged(
        tmp_path,
        [*named("M:1", "one"), *named("M:2", "two"), *named("M:3", "three")],
        [
            *named("H:1", "eins"), *named("H:2", "zwei"), *named("H:3", "drei"),
            *(AlternateId(*reference) for reference in references), AlternateId("H:3", "M:3"),
        ],
    )  # fmt: skip
    assert kb.resolve("H:3") == "M:3"
    assert len(kb) == 5
    assert kb.resolve("M:1") == "M:1"
    assert left_out(kb) == {
        "concepts not merged, because two concepts of one vocabulary would have become one": 3
    }


def test_id_that_two_concepts_claim_is_counted(tmp_path: Path) -> None:
    kb = built(
        tmp_path,
        [*named("A:1", "a"), *named("A:2", "b"), AlternateId("A:1", "X:1"),
         AlternateId("A:2", "X:1"), AlternateId("A:1", "A:2")],
    )  # fmt: skip
    assert left_out(kb) == {"alternate ids that more than one concept claims": 1}
    assert kb.concept("A:1").alternate_ids == ("A:2", "X:1")


def test_reference_means_the_concept_that_has_the_id(tmp_path: Path) -> None:
    references = [ConceptName(f"O:{number}", f"ill {number}", REFERENCE) for number in (1, 2, 3)]
    links = [ConceptRelation(f"O:{number}", "has", "M:9") for number in (1, 2, 3)]
    kb = built(
        tmp_path,
        [*references, *links],
        [
            *named("M:1", "one"), AlternateId("M:1", "O:1"), *named("M:2", "two"),
            AlternateId("M:1", "O:2"), AlternateId("M:2", "O:2"), *named("M:9", "nine"),
        ],
    )  # fmt: skip
    assert [concept.id for concept in kb.concepts()] == ["M:1", "M:2", "M:9", "O:2", "O:3"]
    # Names from references come after all others, even if their source comes first.
    assert (kb.concept("M:1").name, kb.concept("M:1").aliases) == ("one", ("ill 1",))
    assert kb.resolve("O:1") == "M:1"
    assert relations(kb) == [("M:1", "has", "M:9"), ("O:2", "has", "M:9"), ("O:3", "has", "M:9")]


# What is left out


def test_statements_about_nothing_are_left_out_and_counted(tmp_path: Path) -> None:
    kb = built(
        tmp_path,
        [
            *named("A:1", "a"), Definition("A:9", "x"), ConceptType("A:9", "T"),
            AlternateId("A:9", "B:9"), ConceptRelation("A:1", "r", "A:9"),
            ConceptRelation("A:9", "r", "A:1"), ConceptRelation("A:1", "r", "A:1"),
            TypeName("T", "Type"),
        ],
    )  # fmt: skip
    assert left_out(kb) == {
        "alternate ids of ids that no source names": 1,
        "definitions of ids that no source names": 1,
        "relations of a concept to itself": 1,
        "relations with an end that no source names": 2,
        "semantic types of ids that no source names": 1,
    }
    assert relations(kb) == []
    assert kb.relation_types() == ()


def test_relations_lead_to_concepts_by_their_alternate_ids(tmp_path: Path) -> None:
    kb = built(
        tmp_path,
        [
            *named("A:1", "a"), *named("A:2", "b"), AlternateId("A:2", "B:2"),
            AlternateId("A:1", "B:3"), AlternateId("A:2", "B:3"),
            ConceptRelation("A:1", "r", "B:2", ("5",)), ConceptRelation("A:1", "r", "B:3"),
        ],
    )  # fmt: skip
    assert relations(kb) == [("A:1", "r", "A:2")]
    assert kb.evidence("A:1", "r", "A:2") == ("5",)


def test_relations_that_rest_on_excluded_documents_alone_are_left_out(tmp_path: Path) -> None:
    kb = built(
        tmp_path,
        [
            *named("A:1", "a"), *named("A:2", "b"), *named("A:3", "c"),
            ConceptRelation("A:1", "r", "A:2", ("1",)), ConceptRelation("A:1", "r", "A:2", ("1",)),
            ConceptRelation("A:1", "r", "A:3", ("1", "2")), ConceptRelation("A:2", "r", "A:3"),
        ],
        exclude_documents={"1"},
    )  # fmt: skip
    assert relations(kb) == [("A:1", "r", "A:3"), ("A:2", "r", "A:3")]
    assert kb.evidence("A:1", "r", "A:3") == ("2",)
    assert left_out(kb) == {"relations that rest on excluded documents alone": 2}


# Files


def test_same_content_has_the_same_fingerprint(tmp_path: Path) -> None:
    statements = [*named("A:1", "a", "x"), *named("A:2", "b"), ConceptRelation("A:1", "r", "A:2")]
    for name in "abc":
        (tmp_path / name).mkdir()
    one, again = (built(tmp_path / name, statements) for name in "ab")
    assert one.fingerprint == again.fingerprint
    assert one.fingerprint != built(tmp_path / "c", statements[:-1]).fingerprint


def test_sources_without_concepts_make_no_file(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeBaseError, match=r"kb\.sqlite: the sources have no concept"):
        built(tmp_path, [])
    assert os.listdir(tmp_path) == []


def test_failure_leaves_the_older_file_alone(tmp_path: Path) -> None:
    kb = built(tmp_path, named("A:1", "a"))
    before = Path(kb.path).read_bytes()

    def broken():
        yield from named("A:2", "b")
        raise ValueError("the source breaks off")

    with pytest.raises(ValueError, match="breaks off"):
        write_knowledge_base(kb.path, {"s": broken()})
    assert Path(kb.path).read_bytes() == before
    assert os.listdir(tmp_path) == ["kb.sqlite"]


def test_new_file_replaces_the_older_one(tmp_path: Path) -> None:
    old = built(tmp_path, named("A:1", "a"))
    assert len(old) == 1
    new = built(tmp_path, [*named("A:1", "a"), *named("A:2", "b")])
    assert (len(new), len(list(old.names()))) == (2, 1)


def test_folder_of_the_output_is_made(tmp_path: Path) -> None:
    write_knowledge_base(tmp_path / "new" / "kb.sqlite", {"s": named("A:1", "a")})
    assert os.listdir(tmp_path / "new") == ["kb.sqlite"]


def test_folder_is_no_output(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeBaseError, match="is a folder, not a file to write"):
        write_knowledge_base(tmp_path, {"s": named("A:1", "a")})


def test_two_builds_of_one_file_do_not_mix(tmp_path: Path) -> None:
    with KnowledgeBaseWriter(tmp_path / "kb.sqlite") as writer:
        writer.add("s", named("A:1", "a"))
        with pytest.raises(KnowledgeBaseError, match="is being built by another process"):
            built(tmp_path, named("A:2", "b"))
        writer.finish()
    assert [concept.id for concept in KnowledgeBase(str(tmp_path / "kb.sqlite")).concepts()] == [
        "A:1"
    ]


ENDLESS = """
import sys, itertools
from bio_ie.knowledge import write_knowledge_base
from bio_ie.knowledge.statements import ConceptName

def statements():
    for number in itertools.count():
        if number == 100_000:
            print("well under way", flush=True)
        yield ConceptName(f"A:{number}", f"name {number}", 0)

write_knowledge_base(sys.argv[1], {"endless": statements()})
"""


def test_killed_build_leaves_nothing_and_the_next_one_cleans_up(tmp_path: Path) -> None:
    path = tmp_path / "kb.sqlite"
    process = subprocess.Popen(
        [sys.executable, "-c", ENDLESS, str(path)],
        stdout=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"well under way\n"
        time.sleep(0.2)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
    assert not path.exists()
    assert os.listdir(tmp_path) == [".kb.sqlite.building"]
    assert len(built(tmp_path, named("A:1", "a"))) == 1
    assert os.listdir(tmp_path) == ["kb.sqlite"]


def test_full_disk_is_an_error_of_the_output(tmp_path: Path) -> None:
    statements = [name for n in range(5000) for name in named(f"A:{n}", f"name {n}")]
    with KnowledgeBaseWriter(tmp_path / "kb.sqlite") as writer:
        writer._connection.execute("PRAGMA stage.max_page_count = 20")
        with pytest.raises(KnowledgeBaseError, match=r"kb\.sqlite: cannot be built: .*full"):
            writer.add("s", statements)
    assert os.listdir(tmp_path) == []

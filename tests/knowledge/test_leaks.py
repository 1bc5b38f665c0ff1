"""Documents that a model is scored on and knows beforehand."""

import random
from pathlib import Path
from typing import Dict, List, Set, Tuple

import pytest
import torch

from bio_ie.knowledge import KnowledgeBase, write_knowledge_base
from bio_ie.knowledge.concept_embeddings import write_concept_vectors
from bio_ie.knowledge.leaks import (
    VectorsEvidence,
    evidence_notes,
    leaking_documents,
    leaks,
    unknown_origins,
    vectors_evidence,
)
from bio_ie.knowledge.statements import ConceptName, ConceptRelation, Statement
from bio_ie.text.papers import paper_of

Relations = Dict[Tuple[str, str], Tuple[str, ...]]


def written(path: Path, relations: Relations, excluded: Set[str] = frozenset()) -> KnowledgeBase:  # type: ignore[assignment]
    statements: List[Statement] = [
        ConceptName(concept, concept) for ends in relations for concept in ends
    ]
    statements += [
        ConceptRelation(head, "near", tail, documents)
        for (head, tail), documents in relations.items()
    ]
    write_knowledge_base(path, {"toy": statements}, exclude_documents=excluded)
    return KnowledgeBase(str(path))


def vectors(path: Path, kind: str, **notes: object) -> VectorsEvidence:
    write_concept_vectors(path, ["X:1"], torch.ones(1, 2), kind, notes)
    return vectors_evidence(str(path))


@pytest.mark.parametrize("seed", range(20))
def test_leaks_of_a_knowledge_base_are_those_that_a_search_of_all_relations_finds(
    seed: int, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    spellings = ["{}", "PMID:{}", "pubmed:{}", "0{}"]
    relations = {
        (f"X:{chance.randrange(9)}", f"Y:{chance.randrange(9)}"): tuple(
            chance.choice(spellings).format(number)
            for number in chance.sample(range(1, 30), chance.randrange(4))
        )
        for _ in range(chance.randrange(1, 40))
    }
    papers = {str(number) for number in chance.sample(range(1, 60), chance.randrange(1, 20))}
    kb = written(tmp_path / "kb.sqlite", relations)

    cited = [set(map(paper_of, documents)) for documents in relations.values()]
    known = sorted(papers & set().union(*cited))
    resting = sum(not papers.isdisjoint(documents) for documents in cited)
    alone = sum(bool(documents) and documents <= papers for documents in cited)
    found = list(leaks(papers, [kb, kb]))
    assert leaking_documents(papers, list(kb.evidence_documents())) == known
    assert len(found) == bool(known)
    if known:
        assert found[0].startswith(f"{len(known)} of {len(papers)} scored paper")
        assert f" (such as {known[0]}) " in found[0]
        assert f": {resting} relation" in found[0]
        assert f"on them, {alone} on them alone" in found[0]

    without = written(tmp_path / "without.sqlite", relations, papers)
    assert list(leaks(papers, [without])) == []
    assert len(list(without.relations())) == len(relations) - alone


def test_vectors_know_the_documents_that_their_knowledge_base_knew(tmp_path: Path) -> None:
    kb = written(tmp_path / "kb.sqlite", {("X:1", "X:2"): ("7", "8"), ("X:2", "X:3"): ()})
    without = written(tmp_path / "without.sqlite", {("X:1", "X:2"): ("8",)})
    trained = vectors(tmp_path / "one", "distmult", **evidence_notes(kb, from_relations=True))
    clean = vectors(tmp_path / "two", "distmult", **evidence_notes(without, from_relations=True))

    assert trained.documents == ["7", "8"]
    assert list(leaks({"7", "9"}, [without], [trained, trained])) == [
        f"1 of 2 scored papers (such as 7) is evidence in the vectors {tmp_path / 'one'}"
    ]
    assert not list(leaks({"9"}, [kb], [trained]))
    assert not list(leaks({"7"}, [without], [clean]))


def test_vectors_of_definitions_know_no_relation(tmp_path: Path) -> None:
    kb = written(tmp_path / "kb.sqlite", {("X:1", "X:2"): ("7",)})
    without = written(tmp_path / "without.sqlite", {("X:1", "X:2"): ()})
    described = vectors(tmp_path / "one", "description", **evidence_notes(kb, False))
    of_before = vectors(tmp_path / "two", "description", knowledge_base=kb.fingerprint)

    assert not list(leaks({"7"}, [without], [described, of_before]))


def test_vectors_that_name_no_documents_are_judged_by_their_knowledge_base(tmp_path: Path) -> None:
    kb = written(tmp_path / "kb.sqlite", {("X:1", "X:2"): ("7",)})
    other = written(tmp_path / "other.sqlite", {("X:1", "X:3"): ("8",)})
    of_before = vectors(tmp_path / "one", "distmult", knowledge_base=kb.fingerprint)

    assert not list(leaks({"9"}, [kb], [of_before]))
    assert ["knowledge base" in leak for leak in leaks({"7"}, [kb], [of_before])] == [True]
    (found,) = leaks({"9"}, [other], [of_before])
    assert "were made from another knowledge base than the one in use" in found
    assert not unknown_origins([of_before])


def test_vectors_of_unknown_origin_are_named(tmp_path: Path) -> None:
    foreign = vectors(tmp_path / "one", "word2vec")

    assert not list(leaks({"7"}, [], [foreign]))
    assert unknown_origins([foreign, foreign]) == [str(tmp_path / "one")]

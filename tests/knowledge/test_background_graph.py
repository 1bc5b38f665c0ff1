"""The background graph of a text, compared with a search over every span and every pair."""

import random
import re

import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError

from bio_ie.knowledge.background_graph import BackgroundKnowledgeBase
from bio_ie.knowledge.candidate_generators import (
    Candidate,
    CandidateGenerator,
    ExactCandidateGenerator,
)
from bio_ie.knowledge.knowledge_base_file import KnowledgeBaseError
from bio_ie.knowledge.statements import ConceptRelation
from tests.knowledge.knowledge_bases import built, named

NAMES = {
    "C1": ["alpha beta", "ab"],
    "C2": ["beta"],
    "C3": ["beta", "gamma"],
    "C4": ["alpha beta gamma"],
    "C5": ["delta"],
}
TYPES = {"C1": ["T1"], "C2": ["T1", "T2"], "C3": ["T2"], "C4": [], "C5": ["T3"]}
RELATIONS = [("C1", "is_a", "C2"), ("C3", "is_a", "C2"), ("C4", "part_of", "C1"), ("C5", "r", "C3")]


@pytest.fixture
def kb(tmp_path):
    statements = []
    for concept, names in NAMES.items():
        statements += named(concept, *names, types=TYPES[concept])
    return built(tmp_path, statements + [ConceptRelation(*relation) for relation in RELATIONS])


def naive_matches(text, max_width):
    """Looks up every stretch of words among all names."""
    words = [(match.start(), match.end()) for match in re.finditer(r"\w+", text)]
    found = {}
    for first in range(len(words)):
        for last in range(first, min(first + max_width, len(words))):
            start, end = words[first][0], words[last][1]
            concepts = [c for c, names in NAMES.items() if text[start:end].lower() in names]
            if concepts:
                found[start, end] = concepts
    return found


def naive_edges(concepts):
    edges = set()
    for head, relation, tail in RELATIONS:
        if head in concepts and tail in concepts:
            edges |= {(head, relation, tail), (tail, f"inverse:{relation}", head)}
    for concept in concepts:
        for type_ in TYPES[concept]:
            edges |= {(concept, "has_type", type_), (type_, "inverse:has_type", concept)}
    return edges


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("max_width", [1, 2, 8])
def test_graph_is_that_of_all_spans_and_pairs(kb, seed, max_width):
    rng = random.Random(seed)
    words = ["alpha", "Beta", "gamma", "ab", "delta", "zeta", "Alpha"]
    texts = [" ".join(rng.choices(words, k=rng.randrange(9))) for _ in range(3)]
    knowledge = BackgroundKnowledgeBase(kb, max_width=max_width)
    for text, graph in zip(texts, knowledge.graphs(texts, texts), strict=True):
        expected = naive_matches(text, max_width)
        ids = [node.id for node in graph.nodes]
        assert {
            span: [ids[place] for place in places] for span, places in graph.matches
        } == expected
        assert len(graph.matches) == len(expected)
        concepts = {concept for found in expected.values() for concept in found}
        types = {type_ for concept in concepts for type_ in TYPES[concept]}
        assert ids[: len(concepts)] == list(
            dict.fromkeys(concept for span in sorted(expected) for concept in expected[span])
        )
        assert ids[len(concepts) :] == sorted(types)
        assert graph.types == tuple(
            tuple(TYPES[node.id]) if node.kind == "concept" else (node.id,) for node in graph.nodes
        )
        edges = [(ids[head], relation, ids[tail]) for head, relation, tail in graph.edges]
        assert set(edges) == naive_edges(concepts)
        assert len(set(edges)) == len(edges)


def test_text_that_names_nothing_has_an_empty_graph(kb):
    (graph,) = BackgroundKnowledgeBase(kb).graphs(["Nothing here"], ["Nothing here"])
    assert (graph.matches, graph.nodes, graph.types, list(graph.edges)) == ([], (), (), [])
    assert BackgroundKnowledgeBase(kb).graphs([], []) == []


def test_abbreviations_are_those_of_the_context(kb):
    text = "An effect of AB2 again."
    knowledge = BackgroundKnowledgeBase(kb)
    (alone,) = knowledge.graphs([text], [text])
    assert alone.matches == []
    (graph,) = knowledge.graphs([text], [f"Alpha beta gamma (ABG) was there. {text}"])
    assert graph.matches == []
    text = text.replace("AB2", "ABG")
    (graph,) = knowledge.graphs([text], [f"Alpha beta gamma (ABG) was there. {text}"])
    assert [(text[start:end], places) for (start, end), places in graph.matches] == [("ABG", [0])]
    assert graph.nodes[0].id == "C4"


class Scored(CandidateGenerator):
    """A candidate generator that gives every text the same candidates. The second candidate is
    doubtful."""

    def _generate(self, queries):
        for _ in queries:
            yield [Candidate("C2", 0.9), Candidate("C5", 0.4)]


def test_candidates_of_a_low_score_are_left_out(kb):
    texts = ["some strange words"]
    for min_score, expected in ((0.0, ["C2", "C5"]), (0.5, ["C2"]), (0.9, ["C2"]), (0.95, [])):
        knowledge = BackgroundKnowledgeBase(kb, Scored(), max_width=1, min_score=min_score)
        (graph,) = knowledge.graphs(texts, texts)
        assert [node.id for node in graph.nodes if node.kind == "concept"] == expected
        assert len(graph.matches) == (2 if expected else 0)


def test_candidates_of_other_semantic_types_are_left_out(kb):
    def named_by(**settings):
        (graph,) = BackgroundKnowledgeBase(kb, **settings).graphs(
            ["alpha beta gamma delta"], ["alpha beta gamma delta"]
        )
        return {node.id for node in graph.nodes if node.kind == "concept"}, graph

    everything, _ = named_by()
    assert everything == {"C1", "C2", "C3", "C4", "C5"}
    assert named_by(semantic_types=["T2", "T3"])[0] == {"C2", "C3", "C5"}
    assert named_by(semantic_types=["T3"])[1].matches == [((17, 22), [0])]
    assert named_by(semantic_types=["T9"])[0] == set()
    for wrong in ([], "T1"):
        with pytest.raises(ConfigurationError, match="semantic_types needs a list"):
            BackgroundKnowledgeBase(kb, semantic_types=wrong)


def test_a_candidate_that_the_knowledge_base_lacks_is_an_error(kb, tmp_path):
    (tmp_path / "other").mkdir()
    other = built(tmp_path / "other", named("Z9", "zeta"))
    knowledge = BackgroundKnowledgeBase(kb, ExactCandidateGenerator(other))
    with pytest.raises(KnowledgeBaseError, match="Z9"):
        knowledge.graphs(["zeta"], ["zeta"])


def test_is_built_from_a_config(kb):
    knowledge = BackgroundKnowledgeBase.from_params(
        Params(
            {
                "kb": {"path": kb.path},
                "candidate_generator": {"type": "exact", "kb": {"path": kb.path}, "k": 1},
                "max_width": 2,
                "min_score": 0.5,
            }
        )
    )
    (graph,) = knowledge.graphs(["beta"], ["beta"])
    assert [node.id for node in graph.nodes] == ["C2", "T1", "T2"]


def test_names_are_found_by_their_stems_if_asked_for(kb):
    for stem, expected in ((False, []), (True, ["C5"])):
        (graph,) = BackgroundKnowledgeBase(kb, stem=stem).graphs(["Deltas"], ["Deltas"])
        assert [node.id for node in graph.nodes if node.kind == "concept"] == expected
    with pytest.raises(ConfigurationError, match="stem"):
        BackgroundKnowledgeBase(kb, ExactCandidateGenerator(kb), stem=True)


def test_looking_up_and_putting_together_are_the_two_halves(kb):
    background = BackgroundKnowledgeBase(kb)
    texts = ["Seizures of a common cold", "nothing"]
    named = background.look_up(texts, texts)
    assert background.graphs(texts, texts) == [background.graph(matches) for matches in named]

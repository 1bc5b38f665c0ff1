import pytest
from allennlp.common.checks import ConfigurationError
from hypothesis import given, settings
from hypothesis import strategies as st

from bio_ie.knowledge import KnowledgeBase, write_knowledge_base
from bio_ie.knowledge.candidate_generators import Candidate, CandidateGenerator
from bio_ie.knowledge.statements import AlternateId, ConceptName
from bio_ie.metrics import oracle_recall as module
from bio_ie.metrics.oracle_recall import oracle_recall
from bio_ie.text.document import Document, Fact, Mention

CONCEPTS = ["MESH:D000001", "MESH:D000002", "MESH:D000003"]
LACKING = "MESH:D000009"


@pytest.fixture(scope="module")
def kb(tmp_path_factory):
    path = tmp_path_factory.mktemp("kb") / "kb.sqlite"
    statements = [ConceptName(concept, concept) for concept in CONCEPTS]
    statements.append(AlternateId("MESH:D000001", "OMIM:100050"))
    write_knowledge_base(path, {"x": statements})
    return KnowledgeBase(str(path))


class Listed(CandidateGenerator):
    def __init__(self, candidates, k):
        super().__init__(k)
        self.candidates = candidates

    def _generate(self, queries):
        for text, _ in queries:
            found = self.candidates.get(text, [])
            yield [Candidate(concept, 1 - n / 10) for n, concept in enumerate(found)][: self.k]


def document(number, links, facts):
    """A document with one mention for each letter that has links."""
    text = "".join(name for name, _ in links) or "x"
    mentions = [
        Mention(f"T{place}", place, place + 1, "X", tuple(ids))
        for place, (_, ids) in enumerate(links)
    ]
    return Document(str(number), text, mentions=tuple(mentions), facts=tuple(facts))


SOME = st.lists(st.sampled_from([*CONCEPTS, LACKING]), max_size=4, unique=True)
DOCUMENTS = st.lists(
    st.tuples(
        st.lists(st.tuples(st.sampled_from("uvw"), SOME), max_size=3),
        st.lists(
            st.builds(
                Fact,
                st.sampled_from("rs"),
                st.sampled_from([*CONCEPTS, LACKING]),
                st.sampled_from([*CONCEPTS, LACKING]),
            ),
            max_size=4,
        ),
    ),
    min_size=1,
    max_size=4,
)


@given(DOCUMENTS, st.fixed_dictionaries(dict.fromkeys("uvw", SOME)))
@settings(max_examples=100)
def test_counts_are_those_of_a_plain_enumeration(kb, parts, candidates):
    documents = [document(number, *part) for number, part in enumerate(parts)]
    result = oracle_recall(documents, Listed(candidates, 3), kb, (3, 1))
    assert result.ranks == (1, 3)
    for relation in ("all", "r", "s"):
        facts = linked = unknown = 0
        found = {1: 0, 3: 0}
        for one in documents:
            for type_, head, tail in {(fact.type, fact.head, fact.tail) for fact in one.facts}:
                if relation not in ("all", type_):
                    continue
                facts += 1
                unknown += LACKING in (head, tail)
                links = [concept for mention in one.mentions for concept in mention.concept_ids]
                linked += head in links and tail in links
                for rank in found:
                    reached = [
                        concept
                        for mention in one.mentions
                        for concept in candidates[one.text_of(mention)][:rank]
                    ]
                    found[rank] += head in reached and tail in reached
        assert result.facts[relation] == facts
        assert result.linked[relation] == linked
        assert result.unknown[relation] == unknown
        assert {rank: result.found[rank][relation] for rank in found} == found


def test_concepts_are_found_by_any_of_their_ids(kb):
    facts = [Fact("r", "D000001", "D000002"), Fact("r", "OMIM:100050", "MESH:D000002")]
    one = document(1, [("u", ["D000001"]), ("v", ["MESH:D000002"])], facts)
    candidates = {"u": ["MESH:D000001"], "v": ["MESH:D000002"]}
    result = oracle_recall([one], Listed(candidates, 1), kb, [1])
    assert (result.linked["r"], result.found[1]["r"], result.unknown["r"]) == (2, 2, 0)


def test_documents_are_read_in_batches(kb, monkeypatch):
    monkeypatch.setattr(module, "BATCH", 2)
    fact = Fact("r", "MESH:D000001", "MESH:D000001")
    documents = [document(number, [("u", [])], [fact]) for number in range(5)]
    result = oracle_recall(iter(documents), Listed({"u": ["MESH:D000001"]}, 1), kb, [1])
    assert (result.documents, result.facts["r"], result.found[1]["r"]) == (5, 5, 5)


def test_json_has_counts_and_ratios_of_all_relations_first(kb):
    facts = [Fact("r", *CONCEPTS[:2]), Fact("s", *CONCEPTS[1:]), Fact("s", *CONCEPTS[:2])]
    one = document(1, [("u", CONCEPTS[:2])], facts)
    result = oracle_recall([one], Listed({"u": CONCEPTS}, 3), kb, (1, 2)).to_json()
    assert list(result["relations"]) == ["all", "s", "r"]
    assert result["relations"]["s"] == {
        "facts": 2,
        "unknown": 0,
        "linked": 1,
        "linked_recall": 0.5,
        "candidates": {"1": {"found": 0, "recall": 0.0}, "2": {"found": 1, "recall": 0.5}},
    }


@pytest.mark.parametrize("ranks", [(), (0,)])
def test_ranks_are_positive(ranks, kb):
    with pytest.raises(ConfigurationError, match="positive"):
        oracle_recall([], Listed({}, 3), kb, ranks)


@pytest.mark.parametrize("k, given", [(1, "1 candidate"), (3, "3 candidates")])
def test_ranks_beyond_the_candidates_are_errors(k, given, kb):
    with pytest.raises(ConfigurationError, match=f"gives {given}, fewer than 5"):
        oracle_recall([], Listed({}, k), kb, (5,))

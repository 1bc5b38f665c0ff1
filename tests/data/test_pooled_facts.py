import itertools
from typing import List, Optional

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bio_ie.data.pooled_facts import Evidence, pool_facts
from bio_ie.text.document import Document, Fact, Mention
from bio_ie.text.tokenizers import PysbdSentenceSplitter

SPLITTER = PysbdSentenceSplitter()
TEXT = "Zelorvine caused a rash. The rash went away.\nRash after zelorvine came back."


def document(id_: str, *facts: Fact) -> Document:
    places = [(0, 9, "C"), (19, 23, "D"), (29, 33, "D"), (45, 49, "D"), (56, 65, "C")]
    mentions = [
        Mention(str(number), start, end, "T", (concept,))
        for number, (start, end, concept) in enumerate(places)
    ]
    return Document(id_, TEXT, mentions=mentions, facts=facts)


@settings(max_examples=50, deadline=None)
@given(
    scores=st.lists(
        st.one_of(st.none(), st.floats(0, 1, allow_subnormal=False)), min_size=1, max_size=5
    )
)
def test_probabilities_are_pooled_over_documents(scores: List[Optional[float]]) -> None:
    documents = [document(str(n), Fact("r", "C", "D", score)) for n, score in enumerate(scores)]
    (fact,) = pool_facts(documents, SPLITTER).facts
    known = [1.0 if score is None else score for score in scores]
    none = 1.0
    for score in known:
        none *= 1 - score
    assert fact.noisy_or == pytest.approx(1 - none, abs=1e-9)
    assert fact.best == max(known)
    assert sorted(fact.documents) == sorted(str(n) for n in range(len(scores)))
    certainty = [known[int(id_)] for id_ in fact.documents]
    assert certainty == sorted(certainty, reverse=True)


def test_facts_come_once_the_most_probable_first() -> None:
    documents = [
        document("a", Fact("r", "C", "D", 0.5), Fact("r", "D", "C", 0.7), Fact("s", "C", "D", 0.1)),
        document("b", Fact("r", "C", "D", 0.6), Fact("r", "C", "D", 0.2)),
    ]
    pooled = pool_facts(documents, SPLITTER)
    found = [(f.head, f.type, f.tail, f.documents) for f in pooled.facts]
    assert found == [
        ("C", "r", "D", ("b", "a")),
        ("D", "r", "C", ("a",)),
        ("C", "s", "D", ("a",)),
    ]
    assert pooled.facts[0].noisy_or == pytest.approx(1 - 0.5 * 0.4)
    assert pooled.num_documents == 2
    few = pool_facts(documents, SPLITTER, min_score=0.55).facts
    assert [(f.head, f.documents) for f in few] == [("D", ("a",)), ("C", ("b",))]


def test_evidence_are_sentences_that_name_both() -> None:
    documents = [
        document("a", Fact("r", "C", "D", 0.5)),
        document("b", Fact("r", "C", "D", 0.9), Fact("r", "C", "nowhere", 0.9)),
    ]
    first, second = pool_facts(documents, SPLITTER, max_evidence=3).facts
    expected = ["Zelorvine caused a rash.", "Rash after zelorvine came back."]
    assert first.evidence == tuple(
        itertools.islice((Evidence(id_, text) for id_ in "ba" for text in expected), 3)
    )
    assert second.tail == "nowhere"
    assert second.evidence == ()
    assert pool_facts(documents, SPLITTER, max_evidence=0).facts[0].evidence == ()


def test_a_concept_is_called_what_it_is_called_most_often() -> None:
    pooled = pool_facts([document("a", Fact("r", "C", "D"))], SPLITTER)
    assert pooled.names == {"C": "Zelorvine", "D": "rash"}

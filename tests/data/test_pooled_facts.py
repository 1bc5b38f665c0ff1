import itertools
import os
import re
import tracemalloc
from typing import Iterator, List, Optional

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bio_ie.data import fact_store
from bio_ie.data.pooled_facts import Evidence, pool_facts
from bio_ie.text.document import Document, Fact, Mention
from bio_ie.text.tokenizers import PysbdSentenceSplitter
from tests.data.pooled_facts_in_memory import pool_in_memory

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
    (fact,) = pool_facts(documents, SPLITTER)
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
    facts = list(pooled)
    found = [(f.head, f.type, f.tail, f.documents) for f in facts]
    assert found == [
        ("C", "r", "D", ("b", "a")),
        ("D", "r", "C", ("a",)),
        ("C", "s", "D", ("a",)),
    ]
    assert facts[0].noisy_or == pytest.approx(1 - 0.5 * 0.4)
    assert (len(pooled), pooled.num_concepts, pooled.num_documents) == (3, 2, 2)
    few = pool_facts(documents, SPLITTER, min_score=0.55)
    assert [(f.head, f.documents) for f in few] == [("D", ("a",)), ("C", ("b",))]


def test_evidence_are_sentences_that_name_both() -> None:
    documents = [
        document("a", Fact("r", "C", "D", 0.5)),
        document("b", Fact("r", "C", "D", 0.9), Fact("r", "C", "nowhere", 0.9)),
    ]
    first, second = pool_facts(documents, SPLITTER, max_evidence=3)
    expected = ["Zelorvine caused a rash.", "Rash after zelorvine came back."]
    assert first.evidence == tuple(
        itertools.islice((Evidence(id_, text) for id_ in "ba" for text in expected), 3)
    )
    assert second.tail == "nowhere"
    assert second.evidence == ()
    assert next(iter(pool_facts(documents, SPLITTER, max_evidence=0))).evidence == ()


def test_a_concept_is_called_what_it_is_called_most_often() -> None:
    with pool_facts([document("a", Fact("r", "C", "D"))], SPLITTER) as pooled:
        assert list(pooled.named_concepts()) == [("C", "Zelorvine"), ("D", "rash")]
        pooled.set_names({"D": "exanthema", "E": "other"})
        (fact,) = pooled
        assert (fact.head_name, fact.tail_name) == ("Zelorvine", "exanthema")


# The reference

CONCEPTS = st.sampled_from(["C", "D", "E", "é", "\U0001f48a", "\uff21", "x:1", "'", ""])
SCORES = st.one_of(
    st.none(), st.sampled_from([0, 1, 0.5, 1e-9, 1.5, 2**80]), st.floats(0, 1), st.floats(-1, 2)
)
FACTS = st.lists(st.builds(Fact, st.sampled_from("rs"), CONCEPTS, CONCEPTS, SCORES), max_size=5)


@st.composite
def stating(draw: st.DrawFn) -> Document:
    words = draw(st.lists(st.sampled_from(["Rash.", "rash", "an", "Ache", "It"]), min_size=1))
    text = " ".join(words)
    mentions = []
    for number, place in enumerate(re.finditer(r"\w+", text)):
        concepts = tuple(draw(st.lists(CONCEPTS, max_size=2)))
        mentions.append(Mention(str(number), *place.span(), "T", concepts))
    id_ = draw(st.sampled_from(["a", "b", "c", "B", "\uff21", "\U0001f48a"]))
    return Document(id_, text, mentions=tuple(mentions), facts=tuple(draw(FACTS)))


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    documents=st.lists(stating(), max_size=8),
    min_score=st.sampled_from([0.0, 0.0, 0.5, -1.0]),
    max_evidence=st.integers(0, 4),
)
def test_facts_are_those_that_are_pooled_in_memory(
    documents: List[Document], min_score: float, max_evidence: int
) -> None:
    expected = pool_in_memory(documents, SPLITTER, min_score, max_evidence)
    with pool_facts(documents, SPLITTER, min_score, max_evidence) as pooled:
        for _ in range(2):
            found = list(pooled)
            assert len(found) == len(pooled) == len(expected.facts)
            for one, other in zip(found, expected.facts, strict=True):
                assert one.noisy_or == pytest.approx(other[4], rel=1e-12, abs=1e-12)
                assert one._replace(noisy_or=0) == (*other[:4], 0, *other[5:])
        assert pooled.num_documents == expected.num_documents
        assert pooled.num_concepts == len({c for f in found for c in (f.head, f.tail)})


# Memory and disk


def stated(number: int, distinct: int) -> Iterator[Document]:
    """Documents of which each states one of some facts, with a long sentence as evidence."""
    text = f"Zelorvine {'so the people said ' * 8} caused a rash."
    places = [(0, 9), (len(text) - 5, len(text) - 1)]
    for n in range(number):
        head, tail = f"C{n % distinct}", f"D{n % distinct}"
        mentions = tuple(
            Mention(str(i), *place, "T", (concept,))
            for i, (place, concept) in enumerate(zip(places, (head, tail), strict=True))
        )
        fact = Fact("r", head, tail, 0.5)
        yield Document(str(n), text, sentences=((0, len(text)),), mentions=mentions, facts=(fact,))


@pytest.mark.parametrize("share", [1, 100])
def test_memory_does_not_grow_with_the_corpus(share: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fact_store, "_ROWS", 100)
    monkeypatch.setattr(fact_store, "_COUNTS", 100)
    peaks = []
    for number in (500, 500, 3_500):  # the first one also fills caches
        tracemalloc.start()
        with pool_facts(stated(number, number // share), SPLITTER) as pooled:
            assert sum(1 for _ in pooled) == number // share
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] - peaks[1] < 100_000  # in memory, 3,000 facts take 3 MB


def test_a_full_disk_is_an_error_that_says_where(monkeypatch: pytest.MonkeyPatch) -> None:
    tables = fact_store._TABLES.replace("PRAGMA syn", "PRAGMA max_page_count = 60;\nPRAGMA syn", 1)
    monkeypatch.setattr(fact_store, "_TABLES", tables)
    monkeypatch.setattr(fact_store.tempfile, "gettempdir", lambda: "/scratch")
    with pytest.raises(OSError, match=r"no space left .* in /scratch; TMPDIR can name another"):
        pool_facts(stated(5_000, 5_000), SPLITTER)


def test_what_stops_the_reading_closes_the_file() -> None:
    def documents() -> Iterator[Document]:
        yield from stated(10, 10)
        raise KeyboardInterrupt

    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(KeyboardInterrupt):
        pool_facts(documents(), SPLITTER)
    assert len(os.listdir("/proc/self/fd")) <= before

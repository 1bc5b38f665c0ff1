from typing import Dict, List, Set, Tuple

import numpy as np
import pytest
import scipy.sparse as sparse
from hypothesis import given, settings
from hypothesis import strategies as st

from bio_ie.knowledge import name_matrix as module
from bio_ie.knowledge.name_matrix import NameMatrix
from bio_ie.knowledge.tfidf_vectors import TfidfVectors

WORDS = ["acute", "renal", "failure", "kidney", "pain", "chronic", "ab", "b", "renal acid"]
NAMES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)


def _lacks_acute(names: List[str]) -> bool:
    return "acute" not in names


@st.composite
def cases(draw):
    """Distinct names, the concepts of each, texts to look up, and k."""
    names = ["acute", *draw(st.lists(NAMES, max_size=25, unique=True).filter(_lacks_acute))]
    num_concepts = draw(st.integers(1, 8))
    concepts = draw(
        st.lists(
            st.sets(st.integers(0, num_concepts - 1), min_size=1, max_size=3),
            min_size=len(names),
            max_size=len(names),
        )
    )
    texts = draw(st.lists(NAMES | st.just("") | st.just("zzz"), max_size=6))
    return names, concepts, texts, draw(st.integers(1, 9))


def matrix_of(names: List[str], concepts: List[Set[int]]) -> Tuple[TfidfVectors, NameMatrix]:
    vectors, rows = TfidfVectors.fit([names, names])
    starts = np.cumsum([0, *map(len, concepts)]).astype(np.int32)
    flat = np.array([concept for some in concepts for concept in sorted(some)], dtype=np.int32)
    return vectors, NameMatrix(rows.tocsc().T, starts, flat)


def brute_force(
    vectors: TfidfVectors, names: List[str], concepts: List[Set[int]], text: str
) -> Dict[int, float]:
    """The largest cosine of each concept, calculated with dense vectors, one name after the
    other."""
    query = vectors.transform([text]).toarray()[0].astype(np.float64)
    best: Dict[int, float] = {}
    for name, its_concepts in zip(names, concepts):  # noqa: B905 - as long by construction
        vector = vectors.transform([name]).toarray()[0].astype(np.float64)
        lengths = np.linalg.norm(query) * np.linalg.norm(vector)
        cosine = query @ vector / lengths if lengths else 0.0
        for concept in its_concepts:
            best[concept] = max(best.get(concept, 0.0), cosine)
    return {concept: score for concept, score in best.items() if score > 1e-7}


def check(found: List[Tuple[int, float]], expected: Dict[int, float], k: int) -> None:
    """Checks that scores and their order are the same, and that each concept has its own score.
    Concepts whose real scores are equal, but rounded differently, may be in another order."""
    assert len({concept for concept, _ in found}) == len(found) == min(k, len(expected))
    scores = sorted(expected.values(), reverse=True)[:k]
    assert [score for _, score in found] == pytest.approx(scores, abs=1e-5)
    for concept, score in found:
        assert score == pytest.approx(expected[concept], abs=1e-5)
    assert found == sorted(found, key=lambda item: (-item[1], item[0]))


@given(cases())
@settings(max_examples=60)
def test_nearest_concepts_are_those_of_a_brute_force_search(case):
    names, concepts, texts, k = case
    vectors, matrix = matrix_of(names, concepts)
    found = matrix.nearest(vectors.transform(texts) if texts else empty(vectors), k)
    assert len(found.starts) == len(texts) + 1
    for number, text in enumerate(texts):
        part = slice(found.starts[number], found.starts[number + 1])
        pairs = list(zip(found.concepts[part].tolist(), found.scores[part].tolist(), strict=True))
        check(pairs, brute_force(vectors, names, concepts, text), k)


def empty(vectors: TfidfVectors) -> sparse.csr_matrix:
    return sparse.csr_matrix((0, vectors.num_features), dtype=np.float32)


def test_many_names_of_one_concept_do_not_crowd_out_the_others():
    names = [f"acute pain {number}" for number in range(200)] + ["acute failure", "pain b"]
    concepts = [{0}] * 200 + [{1}, {2}]
    vectors, matrix = matrix_of(names, concepts)
    found = matrix.nearest(vectors.transform(["acute pain"]), k=3)
    assert sorted(found.concepts.tolist()) == [0, 1, 2]


def test_ties_at_the_cut_go_to_the_first_concepts():
    """All names have the same distance, and there are more of them than the first search asks
    for."""
    names = [f"pain {chr(0x4E00 + number)}" for number in range(100)]
    concepts = [{99 - number} for number in range(100)]
    vectors, matrix = matrix_of(names, concepts)
    found = matrix.nearest(vectors.transform(["pain"]), k=4)
    assert len(set(found.scores.tolist())) == 1
    assert found.concepts.tolist() == [0, 1, 2, 3]


def test_result_depends_on_neither_batch_nor_threads(monkeypatch):
    names = [f"{a} {b}" for a in WORDS for b in WORDS]
    vectors, matrix = matrix_of(names, [{number % 30} for number in range(len(names))])
    queries = vectors.transform(names)
    together = matrix.nearest(queries, 5, num_threads=2)
    monkeypatch.setattr(module, "_CHUNK", 7)
    in_chunks = matrix.nearest(queries, 5)
    backwards = matrix.nearest(queries[::-1], 5)
    assert np.array_equal(in_chunks.concepts, together.concepts)
    assert np.array_equal(in_chunks.scores, together.scores)
    parts = np.split(backwards.concepts, backwards.starts[1:-1])
    assert np.array_equal(np.concatenate(parts[::-1]), together.concepts)


def test_restriction_leaves_out_concepts_and_names_without_any(tmp_path):
    names, concepts = ["acute pain", "chronic pain", "renal pain"], [{0, 1}, {1}, {2}]
    vectors, matrix = matrix_of(names, concepts)
    restricted = matrix.restricted_to(np.array([True, False, True]))
    assert restricted.num_names == 2
    restricted.save(tmp_path)
    for names_ in (restricted, NameMatrix.open(tmp_path)):
        found = names_.nearest(vectors.transform(["chronic pain"]), k=5)
        assert set(found.concepts.tolist()) == {0, 2}

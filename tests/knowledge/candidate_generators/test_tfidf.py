import random
import string

import pytest
from allennlp.common.checks import ConfigurationError

from bio_ie.knowledge import KnowledgeBaseError
from bio_ie.knowledge.candidate_generators import TfidfCandidateGenerator
from bio_ie.knowledge.stemming import stemmed_name
from bio_ie.knowledge.tfidf_index import build_tfidf_index
from tests.knowledge.example_kb import write_example_kb


def test_name_itself_scores_one_and_a_similar_one_less(indexed_kb):
    generator = TfidfCandidateGenerator(indexed_kb)
    for text in ("Seizures", "SEIZURE", "n-methylamphetamine"):
        first, second = generator.generate([text])[0][:2]
        assert first.score == pytest.approx(1, abs=1e-6)
        assert second.score < 0.99
    assert generator.generate(["methylamphetamine salt"])[0][0].concept_id == "X:01"


def test_text_with_nothing_in_common_has_no_candidate(indexed_kb):
    assert TfidfCandidateGenerator(indexed_kb).generate(["qqq", "中文"]) == [[], []]


def random_name(rng):
    syllables = ["".join(rng.choices("bdlmnrst", k=1) + rng.choices("aeio", k=1)) for _ in range(4)]
    return " ".join("".join(rng.choices(syllables, k=rng.randint(1, 4))) for _ in range(3))


def test_candidates_are_those_of_a_brute_force_search(tmp_path):
    """Compares searches over 2,000 random names, with a filter and without, for texts with
    errors."""
    rng = random.Random(0)
    concepts = {
        f"X:{number:04}": (rng.choice("AB"), [random_name(rng) for _ in range(rng.randint(1, 8))])
        for number in range(450)
    }
    kb = write_example_kb(tmp_path / "kb.sqlite", concepts)
    build_tfidf_index(kb)
    generator = TfidfCandidateGenerator(kb, k=10, semantic_types={"a": ["A"]}, num_threads=2)
    texts = [random_name(rng) for _ in range(40)]
    texts += [with_error(rng.choice(names), rng) for _, names in list(concepts.values())[:40]]
    types = [rng.choice(["a", "other"]) for _ in texts]
    vectors = generator.index.vectors
    names = [(concept, kind, name) for concept, (kind, some) in concepts.items() for name in some]
    dense = vectors.transform([stemmed_name(name) for _, _, name in names]).toarray()
    queries = vectors.transform(list(map(stemmed_name, texts))).toarray()
    cosines = queries.astype("float64") @ dense.T.astype("float64")
    for row, type_, found in zip(cosines, types, generator.generate(texts, types), strict=True):
        best = {}
        for (concept, kind, _), cosine in zip(names, row.tolist(), strict=True):
            if type_ == "other" or kind == "A":
                best[concept] = max(best.get(concept, 0.0), cosine)
        expected = sorted(best.values(), reverse=True)[:10]
        assert [item.score for item in found] == pytest.approx(expected, abs=1e-5)
        for item in found:
            assert item.score == pytest.approx(best[item.concept_id], abs=1e-5)


def with_error(name, rng):
    place = rng.randrange(len(name))
    return name[:place] + rng.choice(string.ascii_lowercase) + name[place + 1 :]


def test_index_is_needed_when_something_is_asked_and_not_before(example_kb):
    generator = TfidfCandidateGenerator(example_kb)
    with pytest.raises(KnowledgeBaseError, match="bio-ie build-index"):
        generator.generate(["cold"])
    build_tfidf_index(example_kb)
    assert generator.generate(["cold"])[0][0].concept_id == "X:06"


def test_unknown_semantic_type_is_said_when_it_is_met(indexed_kb):
    generator = TfidfCandidateGenerator(indexed_kb, semantic_types={"Sign": ["Findings"]})
    with pytest.raises(ConfigurationError, match="semantic types Findings"):
        generator.generate(["cold"], ["Sign"])


def test_number_of_threads_must_be_positive(indexed_kb):
    with pytest.raises(ConfigurationError, match="num_threads"):
        TfidfCandidateGenerator(indexed_kb, num_threads=0)

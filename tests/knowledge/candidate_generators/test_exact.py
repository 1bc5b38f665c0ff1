import pytest

from bio_ie.knowledge.candidate_generators import Candidate, ExactCandidateGenerator


@pytest.mark.parametrize(
    "text, expected",
    [
        ("seizures", ["X:03"]),
        ("non insulin dependent DIABETES", ["X:05"]),
        ("Diabetes mellitus (type 2)", ["X:05"]),
        ("cold", ["X:06", "X:07"]),
        ("seizuring", []),
        ("seiz", []),
    ],
)
def test_names_match_but_for_case_and_punctuation(text, expected, example_kb):
    (found,) = ExactCandidateGenerator(example_kb).generate([text])
    assert found == [Candidate(concept_id, 1.0) for concept_id in expected]


def test_stems_are_tried_where_no_name_matches(example_kb):
    generator = ExactCandidateGenerator(example_kb, stem=True)
    texts = ["common colds", "Seizure", "epileptic fits", "fits epileptic"]
    found = [[item.concept_id for item in items] for items in generator.generate(texts)]
    assert found == [["X:06"], ["X:03"], ["X:03"], []]


def test_first_concepts_by_id_are_kept(example_kb):
    (found,) = ExactCandidateGenerator(example_kb, k=1).generate(["cold"])
    assert [item.concept_id for item in found] == ["X:06"]

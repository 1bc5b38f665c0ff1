import pytest
from allennlp.common.checks import ConfigurationError
from hypothesis import given
from hypothesis import strategies as st

from bio_ie.data.pairs.near_duplicates import near_duplicates

SENTENCES = st.lists(st.lists(st.sampled_from("abcdefgh"), max_size=7).map(" ".join), max_size=8)


def slow(texts, among, threshold):
    """The most similar text, found by comparing all texts."""
    result = []
    for text in texts:
        best = None
        for index, other in enumerate(among):
            one, two = set(text.split()), set(other.split())
            similarity = len(one & two) / len(one | two) if one and two else 0.0
            if similarity >= threshold and (best is None or similarity > best[1]):
                best = (index, similarity)
        result.append(best)
    return result


@given(SENTENCES, SENTENCES, st.sampled_from([0.2, 0.5, 2 / 3, 0.75, 0.8, 1.0]))
def test_near_duplicates_are_those_of_a_slow_search(texts, among, threshold):
    assert near_duplicates(texts, among, threshold) == slow(texts, among, threshold)


def test_what_is_blinded_and_how_it_is_written_does_not_count():
    text = "Variants of @GENE$ were frequent in @DISEASE$ families."
    among = ["variants of  @DISEASE$ were frequent in families, @GENE$", "Something else."]
    (found,) = near_duplicates([text], among)
    assert found == (0, 1.0)
    # The same sentence with another blinded gene has three words more or fewer.
    other = "Variants of VDR were frequent in @DISEASE$ families of @GENE$ carriers."
    assert near_duplicates([text], [other], 0.6) == [(0, pytest.approx(6 / 8))]
    assert near_duplicates([text], [other], 0.9) == [None]
    assert near_duplicates(["@GENE$"], ["@GENE$"]) == [None]


@pytest.mark.parametrize("threshold", [0, 1.1])
def test_an_impossible_threshold_is_an_error(threshold):
    with pytest.raises(ConfigurationError, match="threshold"):
        near_duplicates([], [], threshold)

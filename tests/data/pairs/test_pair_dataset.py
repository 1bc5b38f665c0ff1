from collections import Counter

import pytest
from allennlp.common.checks import ConfigurationError
from hypothesis import given
from hypothesis import strategies as st

from bio_ie.data.pairs.entity_sentence import EntityMention, EntitySentence
from bio_ie.data.pairs.pair_dataset import (
    Shares,
    co_occurrences,
    labelled_pairs,
    pair_lines,
    split_pairs,
    unordered,
)


def sentence(*entities):
    """A sentence with entities given as `(type, identifier)`."""
    words = [f"w{number}" for number in range(len(entities))]
    mentions = [EntityMention(n, n + 1, *entity) for n, entity in enumerate(entities)]
    return EntitySentence("s", words, mentions)


CHEMICAL, OTHER_CHEMICAL = ("CHEMICAL", "X:9"), ("CHEMICAL", "X:8")
DISEASE, OTHER_DISEASE = ("DISEASE", "X:1"), ("DISEASE", "X:2")


def test_pairs_have_no_direction_and_their_sentences_are_counted():
    sentences = [sentence(DISEASE, CHEMICAL), sentence(CHEMICAL, DISEASE, OTHER_DISEASE)]
    found = co_occurrences(sentences, max_contexts=1)
    item = found["X:1", "X:9"]
    # In the order of the types, even if the order in the text is another.
    assert (item.entities, item.types) == (("X:9", "X:1"), ("CHEMICAL", "DISEASE"))
    assert item.sentences == 2
    assert item.contexts == [["<ENT>", "<ENT>"]]
    assert set(found) == {("X:1", "X:9"), ("X:2", "X:9"), ("X:1", "X:2")}


def test_what_has_no_identifier_of_its_own_is_counted():
    losses = Counter()
    sentences = [
        sentence(("GENE", ""), CHEMICAL),
        sentence(("GENE", "X:3|X:4"), CHEMICAL),
        sentence(("GENE", "X:9"), CHEMICAL),
    ]
    assert co_occurrences(sentences, losses=losses) == {}
    assert set(losses.values()) == {1}
    assert len(losses) == 3


def test_classes_are_both_types_and_excluded_pairs_are_in_none():
    sentences = [sentence(CHEMICAL, DISEASE, OTHER_DISEASE, OTHER_CHEMICAL)]
    found = co_occurrences(sentences)
    related = {("X:1", "X:9"), ("X:2", "X:8"), ("X:7", "X:70")}
    labels, left_out = labelled_pairs(found, related, excluded={("X:1", "X:8"), ("X:2", "X:8")})
    assert labels == {("X:1", "X:9"): "CHEMICAL-DISEASE", ("X:2", "X:9"): "NO-RELATION"}
    assert left_out["pairs with an excluded relation were left out"] == 2
    # The pairs are one of two chemicals and one of two diseases.
    assert left_out["unrelated pairs of types that no related pair has were left out"] == 2


def many(num_related, num_unrelated):
    labels = {unordered(f"R:{n}", "Y"): "T-U" for n in range(num_related)}
    return {**labels, **{unordered(f"U:{n}", "Y"): "NO-RELATION" for n in range(num_unrelated)}}


@given(st.integers(0, 40), st.integers(0, 60), st.integers(0, 5))
def test_splits_are_disjoint_whole_and_of_their_size(num_related, num_unrelated, seed):
    labels = many(num_related, num_unrelated)
    splits = split_pairs(labels, Shares(0.1, 0.2, 0.3, 0.4), seed)
    assert Counter(pair for pairs in splits.values() for pair in pairs) == Counter(labels.keys())
    for split, share, unrelated_share in (("validation", 0.1, 0.3), ("test", 0.2, 0.4)):
        numbers = Counter(labels[pair] for pair in splits[split])
        assert numbers["T-U"] == round(share * num_related)
        assert numbers["NO-RELATION"] == round(unrelated_share * num_unrelated)
    backwards = dict(reversed(list(labels.items())))
    assert split_pairs(backwards, Shares(0.1, 0.2, 0.3, 0.4), seed) == splits


def test_seeds_differ():
    labels = many(30, 30)
    assert split_pairs(labels, Shares(), 0) != split_pairs(labels, Shares(), 1)


@pytest.mark.parametrize("shares", [{"validation": 0.5, "test": 0.5}, {"unrelated_test": -0.1}])
def test_impossible_shares_are_an_error(shares):
    with pytest.raises(ConfigurationError, match="leave nothing for training"):
        Shares(**shares)


def test_lines_have_contexts_if_there_are_any():
    found = co_occurrences([sentence(CHEMICAL, DISEASE)], max_contexts=3)
    (line,) = pair_lines(found, found, {("X:1", "X:9"): "CHEMICAL-DISEASE"})
    assert line == {
        "entities": ["X:9", "X:1"],
        "types": ["CHEMICAL", "DISEASE"],
        "label": "CHEMICAL-DISEASE",
        "sentences": 1,
        "contexts": [["<ENT>", "<ENT>"]],
    }

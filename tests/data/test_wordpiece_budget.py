from itertools import pairwise
from typing import List

import pytest
from allennlp.data.token_indexers import SingleIdTokenIndexer
from hypothesis import given
from hypothesis import strategies as st

from bio_ie.data.token_indexers import PretrainedTransformerWordsIndexer
from bio_ie.data.wordpiece_budget import WordpieceBudget

TINY = "fixtures/encoders/tiny_bert"
counts = st.lists(st.integers(0, 4), max_size=12)


def budget(num_wordpieces: int) -> WordpieceBudget:
    return WordpieceBudget({"tokens": SingleIdTokenIndexer()}, num_wordpieces)


def test_wordpieces_are_those_of_the_indexer() -> None:
    indexer = PretrainedTransformerWordsIndexer(TINY)
    words = ["The", "zolamin-induced", "lumenitis", "", "."]
    pieces = WordpieceBudget({"tokens": indexer}, 20)
    assert pieces.num_wordpieces == 18
    expected = [
        len(indexer._tokenizer.encode([word], is_pretokenized=True, add_special_tokens=False).ids)
        for word in words
    ]
    assert pieces.counts(words) == expected
    assert max(expected) > 1
    assert pieces.counts([]) == []


def test_without_wordpieces_words_are_counted() -> None:
    assert budget(7).counts(["a", "bcd"]) == [1, 1]
    assert budget(7).num_wordpieces == 7


@given(st.lists(st.integers(0, 4), min_size=1, max_size=20), st.integers(1, 9))
def test_parts_fit_and_are_as_few_as_can_be(words: List[int], room: int) -> None:
    parts = budget(room).parts(words)
    assert [index for first, beyond in parts for index in range(first, beyond)] == list(
        range(len(words))
    )
    for first, beyond in parts:
        assert sum(words[first:beyond]) <= room or beyond == first + 1
    for (first, beyond), (_, next_beyond) in pairwise(parts):
        assert next_beyond > beyond
        assert sum(words[first : beyond + 1]) > room


@given(counts, counts, st.integers(0, 12), st.integers(1, 20))
def test_context_fits_and_no_nearer_word_is_left_out(
    before: List[int], after: List[int], own: int, room: int
) -> None:
    num_before, num_after = budget(room).context(own, before, after)
    used_before = sum(before[len(before) - num_before :])
    used_after = sum(after[:num_after])
    left = max(room - own, 0) - used_before - used_after
    assert left >= 0
    if num_after < len(after):
        assert left < after[num_after]
    if num_before < len(before):
        half = max(room - own, 0) // 2
        share = max(half, max(room - own, 0) - sum(after))
        assert used_before + before[len(before) - num_before - 1] > share


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([1] * 9, [1] * 9, (2, 2)),
        ([1], [1] * 9, (1, 3)),
        ([1] * 9, [1], (3, 1)),
        ([5], [5], (0, 0)),
    ],
)
def test_each_side_has_half_and_what_the_other_leaves(
    before: List[int], after: List[int], expected: object
) -> None:
    assert budget(10).context(6, before, after) == expected

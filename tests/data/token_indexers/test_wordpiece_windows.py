from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bio_ie.data.token_indexers.wordpiece_windows import window_of_most_context, window_spans

SIZE = 8

texts = st.lists(st.integers(min_value=0, max_value=SIZE), max_size=60)
"""The number of wordpieces of each word; a word may have none."""


def word_of_piece(pieces_per_word: "list[int]") -> np.ndarray:
    return np.repeat(np.arange(len(pieces_per_word)), pieces_per_word)


def test_text_that_fits_is_one_window():
    assert window_spans(word_of_piece([3, 2, 3]), SIZE, 2) == [(0, 8)]


def test_windows_of_one_piece_words_advance_by_size_less_overlap():
    windows = window_spans(word_of_piece([1] * 20), SIZE, 2)

    assert windows == [(0, 8), (6, 14), (12, 20)]


def test_last_window_reaches_back_to_be_full():
    windows = window_spans(word_of_piece([1] * 15), SIZE, 2)

    assert windows == [(0, 8), (6, 14), (7, 15)]


def test_window_is_cut_before_a_word_that_would_not_fit():
    windows = window_spans(word_of_piece([3, 3, 4, 3]), SIZE, 3)

    assert windows == [(0, 6), (3, 10), (6, 13)]


@settings(deadline=None, max_examples=100)
@given(texts, st.integers(min_value=0, max_value=SIZE - 1))
def test_windows_hold_whole_words_and_together_all_of_them(pieces_per_word, overlap):
    words = word_of_piece(pieces_per_word)
    windows = window_spans(words, SIZE, overlap)

    assert windows[0][0] == 0
    assert windows[-1][1] == len(words)
    for start, end in windows:
        assert end - start <= SIZE
        assert start == 0 or words[start] != words[start - 1]
        assert end == len(words) or words[end] != words[end - 1]
    for (start, end), (next_start, next_end) in pairwise(windows):
        assert start < next_start <= end < next_end
    for (_, end), (next_start, _) in pairwise(windows[:-1]):
        # A long next word can leave less room for overlap, never more.
        assert end - next_start <= overlap


@settings(deadline=None, max_examples=100)
@given(texts, st.integers(min_value=0, max_value=SIZE - 1))
def test_each_word_counts_in_the_window_with_most_context(pieces_per_word, overlap):
    words = word_of_piece(pieces_per_word)
    windows = window_spans(words, SIZE, overlap)
    chosen = window_of_most_context(words, windows)

    for word in set(words.tolist()):
        pieces = [piece for piece, owner in enumerate(words.tolist()) if owner == word]
        contexts = []
        for start, end in windows:
            if not (start <= pieces[0] and pieces[-1] < end):
                contexts.append(-1.0)
                continue
            before = float("inf") if start == 0 else pieces[0] - start
            after = float("inf") if end == len(words) else end - 1 - pieces[-1]
            contexts.append(min(before, after))
        best = max(contexts)
        assert {contexts[window] for window in chosen[pieces]} == {best}
        assert set(chosen[pieces].tolist()) == {contexts.index(best)}

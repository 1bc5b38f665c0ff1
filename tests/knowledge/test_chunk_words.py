from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bio_ie.knowledge import chunk_words as module
from bio_ie.knowledge.chunk_words import ChunkWords
from bio_ie.knowledge.normalization import normalize_name
from bio_ie.knowledge.text_hash import MODULUS, text_hash
from bio_ie.knowledge.word_parts import BREAK, WORD, words_and_signs, words_and_signs_of_chunk

texts = st.lists(
    st.lists(
        st.sampled_from(
            [
                *("cell", "IL-2", "5mg", "x's", "K\u2122", "\u2122", "a\u03a3", "b_c", "\u0301"),
                *(" ", " ", " ", "  ", "\n", "\t", "-", "(", ") ", ". ", ";", "", "\u200b", "__"),
            ]
        ),
        max_size=12,
    ).map("".join),
    max_size=5,
)


def words_and_breaks(text):
    """The offsets of the words of a text, each with the number of its line or part of a line."""
    found, number, position = [], 0, 0
    for start, end, kind in words_and_signs(text):
        number += text.count("\n", position, start) + (kind == BREAK)
        position = start
        if kind == WORD:
            found.append((start, end, number))
    return found


def same_breaks(numbers):
    return [first == second for first, second in pairwise(numbers)]


@given(texts)
def test_words_are_those_of_each_text(some):
    words, begins = ChunkWords().of(some)
    assert begins[-1] == len(words.start)
    offset = 0
    for number, text in enumerate(some):
        places = slice(begins[number], begins[number + 1])
        expected = words_and_breaks(text)
        starts, ends = (values[places] - offset for values in (words.start, words.end))
        assert [*zip(starts, ends, strict=True)] == [(start, end) for start, end, _ in expected]
        numbers = [number for _, _, number in expected]
        assert same_breaks(words.breaks[places].tolist()) == same_breaks(numbers)
        offset += len(text) + 1
    # No span goes from one text to the next.
    of_texts = [set(words.breaks[begin:end].tolist()) for begin, end in pairwise(begins)]
    assert sum(map(len, of_texts)) == len(set().union(*of_texts))


@given(texts)
def test_hashes_of_spans_are_those_of_their_normal_forms(some):
    words, _ = ChunkWords().of(some)
    joined = "\n".join(some)
    for first in range(len(words.start)):
        hash_ = int(words.hash[first])
        for last in range(first, len(words.start)):
            if words.breaks[last] != words.breaks[first] or words.is_single[last]:
                break
            if last > first:
                hash_ = (hash_ * int(words.shift[last]) + int(words.tail[last])) % MODULUS
            normal = normalize_name(joined[words.start[first] : words.end[last]])
            assert hash_ == text_hash(normal)
            if last > first and words.is_spaced[last]:
                before = normalize_name(joined[words.start[first] : words.end[last - 1]])
                assert normal.startswith(f"{before} ")


@given(texts)
def test_nothing_changes_when_the_tables_are_full(some):
    expected = [[values.tolist() for values in ChunkWords().of([text])[0]] for text in some]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_MAX_CHARACTERS", 4)
        words = ChunkWords()
        for text, values in zip(some, expected, strict=True):
            assert [found.tolist() for found in words.of([text])[0]] == values
            # Only the chunks of the last text can be too many.
            assert words._num_characters < 4 + len(text)


def test_an_interrupted_table_is_begun_anew(monkeypatch):
    words = ChunkWords()

    def interrupt(chunk):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(module, "words_and_signs_of_chunk", interrupt)
        with pytest.raises(KeyboardInterrupt):
            words.of(["a b"])
    found, _ = words.of(["b a b"])
    assert found.hash.tolist() == [text_hash(word) for word in "bab"]


@pytest.mark.parametrize("chunk", ["", "IL-2/3,", "(ab)", "fi\u03b2", "a\u115f", "5mg.", "--"])
def test_words_of_a_chunk_are_those_of_a_text(chunk):
    assert list(words_and_signs_of_chunk(chunk)) == list(words_and_signs(chunk))

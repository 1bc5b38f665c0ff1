"""Cuts the words of a text into the wordpieces of a pretrained encoder."""

from itertools import chain
from typing import Any, Dict, List, NamedTuple, Sequence

import numpy as np
from tokenizers import Tokenizer

_MAX_WORDS = 1 << 17


class WordPieces(NamedTuple):
    """The wordpieces of a text, in order, without special ones.

    # Parameters

    ids : `List[int]`
    words : `List[int]`
        The word of each piece, in ascending order.
    """

    ids: List[int]
    words: List[int]


class WordCutter:
    """Cuts the words of a text into the same wordpieces as the text itself.

    Where a tokenizer cuts at white space and around punctuation (BERT's does), the pieces of each
    word by itself are those of the text. Other tokenizers put the space before a word into its
    first piece, or make one piece of a bracket and the letters after it. They are given the text:
    the words, with a space between two words where the text has a gap. A piece that reaches over
    several words belongs to the word that has most of its characters, or to the last such word.
    A word may be left without a piece in that way.

    # Parameters

    tokenizer : `tokenizers.Tokenizer`
    one_by_one : `bool`, optional (default = `False`)
        Cut each word by itself whatever the tokenizer, as version 0.1.0 did.
    """

    def __init__(self, tokenizer: Tokenizer, one_by_one: bool = False) -> None:
        self._tokenizer = tokenizer
        self._one_by_one = one_by_one or _cuts_around_words(tokenizer)
        self._known = _KnownWords(tokenizer)

    def __call__(self, words: Sequence[str], after_space: Sequence[bool]) -> WordPieces:
        """
        # Parameters

        words : `Sequence[str]`
        after_space : `Sequence[bool]`
            Whether white space stands before each word.
        """
        if self._one_by_one:
            return self._known.pieces(words)
        written = [
            f" {word}" if space else word for word, space in zip(words, after_space, strict=True)
        ]
        text = "".join(written)
        encoding = self._tokenizer.encode(text, add_special_tokens=False)
        if not encoding.ids:
            return WordPieces([], [])
        # The word of each character; a space counts for the word after it.
        word_of = np.repeat(np.arange(len(words)), [len(word) for word in written])
        return WordPieces(encoding.ids, _words_of_pieces(text, word_of, np.array(encoding.offsets)))


class _KnownWords:
    """The pieces of words by themselves. They are kept, because most words of a text have been
    there before. Nothing is kept of them when there are too many."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer
        self._ids: Dict[str, List[int]] = {}

    def pieces(self, words: Sequence[str]) -> WordPieces:
        new = [word for word in dict.fromkeys(words) if word not in self._ids]
        if len(self._ids) + len(new) > _MAX_WORDS:
            self._ids.clear()
            new = list(dict.fromkeys(words))
        if new:
            self._learn(new)
        of_words = [self._ids[word] for word in words]
        return WordPieces(
            list(chain.from_iterable(of_words)),
            [place for place, ids in enumerate(of_words) for _ in ids],
        )

    def _learn(self, words: Sequence[str]) -> None:
        self._ids.update((word, []) for word in words)
        encoding = self._tokenizer.encode(words, is_pretokenized=True, add_special_tokens=False)
        places: Any = encoding.word_ids  # none is null without special pieces
        for place, piece in zip(places, encoding.ids, strict=True):
            self._ids[words[place]].append(piece)


def _words_of_pieces(text: str, word_of: np.ndarray, offsets: np.ndarray) -> List[int]:
    """The word of each piece, in ascending order.

    # Parameters

    text : `str`
    word_of : `np.ndarray`
        The word of each character of the text.
    offsets : `np.ndarray`
        The first character of each piece, and the one after its last. Shape: `[pieces, 2]`.
    """
    # A piece that stands for no character counts for the one that it stands at.
    first = np.minimum(offsets[:, 0], len(text) - 1)
    last = np.maximum(offsets[:, 1] - 1, first)
    words = word_of[last]
    for piece in np.flatnonzero(word_of[first] != words):
        start, end = first[piece], last[piece] + 1
        own = word_of[start:end][[not character.isspace() for character in text[start:end]]]
        if len(own):
            counts = np.bincount(own)
            words[piece] = len(counts) - 1 - counts[::-1].argmax()
    return np.maximum.accumulate(words).tolist()


def _cuts_around_words(tokenizer: Tokenizer) -> bool:
    """Whether the tokenizer cuts a text at white space and around each punctuation mark before it
    looks for pieces, and drops the white space."""
    if tokenizer.pre_tokenizer is None:
        return False
    text = "a (b). c"
    if tokenizer.normalizer is not None:
        text = tokenizer.normalizer.normalize_str(text)
    parts = [part for part, _ in tokenizer.pre_tokenizer.pre_tokenize_str(text)]
    return parts == ["a", "(", "b", ")", ".", "c"]

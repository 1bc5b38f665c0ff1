"""A sentence splitter that uses the rules of pySBD and gives offsets into the text."""

import re
from typing import List, Optional, Sequence

from allennlp.common.checks import ConfigurationError
from allennlp.data.tokenizers.sentence_splitter import SentenceSplitter

from bio_ie.text.document import Span
from bio_ie.text.tokenizers.pysbd_rules import MARKS, SEPARATORS, english_sentences
from bio_ie.text.tokenizers.span_sentence_splitter import SpanSentenceSplitter

_solid_characters = re.compile(r"\S").finditer
_solid = re.compile(r"\S").search

# pySBD would take a mark in the text for one of its own, so each mark is replaced by a letter. This
# is harmless, since only the offsets of pySBD's sentences are used.
_MARKS = str.maketrans(dict.fromkeys(MARKS, "x"))

_separator = re.compile("[\x1c-\x1f]").search
_SEPARATORS = str.maketrans(SEPARATORS)

_MOST_DROPPED = 16
"""A sentence of pySBD is found if pySBD dropped at most this many characters before it."""


@SentenceSplitter.register("pysbd")
@SpanSentenceSplitter.register("pysbd")
class PysbdSentenceSplitter(SpanSentenceSplitter):
    """Splits a text into sentences by the rules of `pysbd`, which need no model. It applies them
    with `english_sentences`, many times as fast as pySBD and with the same result.

    The character spans of pySBD are not used: pySBD searches the text for each sentence, which goes
    wrong if a sentence repeats or was altered. This class instead matches the sentences to the text
    one after the other, ignoring white space, so that no character is lost or moved.

    The time of pySBD grows with the square of the text's length, so a long text is split in
    windows. The last sentence of a window is split again together with the text that follows.

    Registered as a `SentenceSplitter` with name "pysbd".

    # Parameters

    window : `int`, optional (default = `5000`)
        The length of a window in characters. Texts up to this length are split at once. No sentence
        is longer: a stretch of text without any boundary is cut at white space.
    """

    def __init__(self, window: int = 5000) -> None:
        if window < 1:
            raise ConfigurationError(f"window must be positive, not {window}")
        self._window = window

    def sentence_spans(self, text: str) -> List[Span]:
        spans: List[Span] = []
        position = 0
        while position < len(text):
            window = text[position : position + self._window]
            found = self._split(window)
            end = len(window)
            if position + end < len(text):
                if len(found) > 1:
                    end, _ = found.pop()
                else:
                    end = _last_break(window)
                    found = self._split(window[:end])
            spans.extend((position + start, position + stop) for start, stop in found)
            position += end
        return spans

    def _split(self, text: str) -> List[Span]:
        if not text.isascii():
            text = text.translate(_MARKS)
        if _separator(text):
            text = text.translate(_SEPARATORS)
        if not text or text.isspace():
            return []
        sentences = english_sentences(text)
        spans = _unchanged_spans(text, sentences)
        return _found_spans(text, sentences) if spans is None else spans


def _unchanged_spans(text: str, sentences: Sequence[str]) -> Optional[List[Span]]:
    """The spans of sentences that follow each other in `text` with nothing but white space between
    them. `None` if a sentence is not in its place, because pySBD changed or dropped something."""
    spans: List[Span] = []
    position = 0
    for sentence in filter(None, map(str.strip, sentences)):
        begin = _solid(text, position)
        if begin is None or not text.startswith(sentence, begin.start()):
            return None
        position = begin.start() + len(sentence)
        spans.append((begin.start(), position))
    return spans if _solid(text, position) is None else None


def _found_spans(text: str, sentences: Sequence[str]) -> List[Span]:
    """The spans of sentences in `text`, wherever they are found one after the other if white space
    is ignored.

    Characters that pySBD dropped (now and then a mark like "?!") belong to the sentence before
    them, and so does a sentence that pySBD altered.
    """
    solid = [match.start() for match in _solid_characters(text)]
    solid_text = "".join(text.split())
    begins: List[int] = []
    position = expected_end = 0
    for sentence in map("".join, map(str.split, sentences)):
        expected_end += len(sentence)
        begin = solid_text.find(sentence, position, expected_end + _MOST_DROPPED)
        if sentence and begin >= 0:
            begins.append(begin)
            position = expected_end = begin + len(sentence)
    begins = [0, *begins[1:]]
    ends = [*begins[1:], len(solid)]
    return [(solid[begin], solid[end - 1] + 1) for begin, end in zip(begins, ends, strict=True)]


def _last_break(text: str) -> int:
    """Where the last word of `text` begins; the end of `text` if it has only one word."""
    head = text.rstrip().rsplit(None, 1)
    return len(head[0]) if len(head) == 2 else len(text)

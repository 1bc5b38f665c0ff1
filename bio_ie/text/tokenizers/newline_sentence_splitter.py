"""A sentence splitter for texts with one sentence per line."""

import re
from typing import List

from allennlp.data.tokenizers.sentence_splitter import SentenceSplitter

from bio_ie.text.document import Span
from bio_ie.text.tokenizers.span_sentence_splitter import SpanSentenceSplitter

_trimmed_lines = re.compile(r"\S(?:[^\r\n]*\S)?").finditer


@SentenceSplitter.register("newlines")
@SpanSentenceSplitter.register("newlines")
class NewlineSentenceSplitter(SpanSentenceSplitter):
    """Makes a sentence of every line that is not blank, for texts with one sentence per line.

    Registered as a `SentenceSplitter` with name "newlines".
    """

    def sentence_spans(self, text: str) -> List[Span]:
        return [match.span() for match in _trimmed_lines(text)]

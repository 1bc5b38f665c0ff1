"""The base of the sentence splitters that know where in the text their sentences are."""

from typing import List

from allennlp.data.tokenizers.sentence_splitter import SentenceSplitter

from bio_ie.text.document import Span


class SpanSentenceSplitter(SentenceSplitter):
    """Splits a text into the character spans of its sentences.

    The spans are in text order, do not overlap, begin and end with a character that is not white
    space, and together hold every such character.
    """

    default_implementation = "pysbd"

    def sentence_spans(self, text: str) -> List[Span]:
        """The sentences as `(start, end)` offsets into `text`, end exclusive; none for a text of
        white space alone."""
        raise NotImplementedError

    def split_sentences(self, text: str) -> List[str]:
        return [text[start:end] for start, end in self.sentence_spans(text)]

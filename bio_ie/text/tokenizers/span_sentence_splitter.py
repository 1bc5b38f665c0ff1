"""The base class of sentence splitters that give the character offsets of their sentences."""

from typing import List

from allennlp.data.tokenizers.sentence_splitter import SentenceSplitter

from bio_ie.text.document import Span


class SpanSentenceSplitter(SentenceSplitter):
    """Splits a text into the character spans of its sentences.

    The spans are in text order and do not overlap. They begin and end with a character that is not
    white space, and together they hold every such character.
    """

    default_implementation = "pysbd"

    def sentence_spans(self, text: str) -> List[Span]:
        """The sentences as `(start, end)` offsets into `text`, end exclusive. A text of white space
        alone has no sentence."""
        raise NotImplementedError

    def split_sentences(self, text: str) -> List[str]:
        return [text[start:end] for start, end in self.sentence_spans(text)]

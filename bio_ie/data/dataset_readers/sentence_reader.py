"""The base of the readers that make one instance of each sentence."""

from typing import Any, Dict, List, Tuple

from allennlp.common.checks import ConfigurationError
from allennlp.data import Instance, Token, TokenIndexer
from allennlp.data.fields import TextField

from bio_ie.data.dataset_readers.document_reader import DocumentReader
from bio_ie.data.items import entity_item, relation_items
from bio_ie.data.losses import count_misaligned
from bio_ie.text.counted import Phrase
from bio_ie.text.document import Document, Mention, Span
from bio_ie.text.sentences import Sentence, sentence_spans, split_document
from bio_ie.text.tokenizers.alignment import Alignment, WordSpan
from bio_ie.text.words import align_sentence, sentence_words

_LONG_SENTENCES = Phrase(
    "sentences longer than max_words were cut", one="sentence longer than max_words was cut"
)
_BETWEEN_WORDS = Phrase(
    "mentions begin or end between words", one="mention begins or ends between words"
)
_OVERLAPPING = Phrase(
    "mentions nested in, crossing or repeating another",
    one="mention nested in, crossing or repeating another",
)


class SentenceReader(DocumentReader[Sentence]):
    """Base of the readers whose views are sentences, split into words.

    # Parameters

    token_indexers, corpus, tokenizer, sentence_splitter, max_instances, serialization_dir
        See `DocumentReader`.
    align : `str`, optional (default = `"split"`)
        What happens to a word in which a mention begins or ends: `"split"` cuts the word (only when
        labelled), `"expand"` widens the mention to the whole word.
    max_words : `int`, optional (default = `400`)
        A longer sentence is cut into parts of at most this many words. This bounds the memory that
        a sentence can take.
    """

    def __init__(
        self,
        token_indexers: Dict[str, TokenIndexer],
        align: str = "split",
        max_words: int = 400,
        **kwargs: Any,
    ) -> None:
        if align not in ("split", "expand"):
            raise ConfigurationError(f"align must be 'split' or 'expand', not {align!r}")
        if max_words < 1:
            raise ConfigurationError(f"max_words must be positive, not {max_words}")
        super().__init__(token_indexers, **kwargs)
        self._align = align
        self._inside_a_word = Phrase(
            f"mentions end inside a word (align: {align})",
            one=f"mention ends inside a word (align: {align})",
        )
        self._max_words = max_words

    def apply_token_indexers(self, instance: Instance) -> None:
        instance["words"].token_indexers = self._token_indexers  # type: ignore[attr-defined]

    def views(self, document: Document) -> List[Sentence]:
        return split_document(document, self.sentence_spans(document))

    def sentence_spans(self, document: Document) -> List[Span]:
        """The spans of the document's sentences. Sentences with more than `max_words` words are
        cut."""
        spans = sentence_spans(document, self.sentence_splitter)
        # A word has at least one character, so only a longer text can have too many words.
        if any(end - start > self._max_words for start, end in spans):
            spans = [part for span in spans for part in self._parts(document, span)]
        return spans

    def _parts(self, document: Document, span: Span) -> List[Span]:
        """The span of the sentence, or the spans of its parts of at most `max_words` words."""
        words = self.word_spans(Sentence(document, *span))
        if len(words) <= self._max_words:
            return [span]
        self.losses[_LONG_SENTENCES] += 1
        parts = [words[i : i + self._max_words] for i in range(0, len(words), self._max_words)]
        return [(part[0][0], part[-1][1]) for part in parts]

    def word_spans(self, view: Sentence) -> List[Span]:
        """The character offsets of the words in the document. There is at least one word."""
        # A sentence that is only white space still gives an instance, so that instances and
        # documents stay in step.
        return sentence_words(view, self.tokenizer) or [(view.start, view.end)]

    def text_field(self, view: Sentence, word_spans: List[Span]) -> TextField:
        """The field of the words, without indexers; `apply_token_indexers` adds them."""
        text = view.document.text
        return TextField([Token(text[start:end], start, end) for start, end in word_spans])

    @staticmethod
    def metadata(view: Sentence, labelled: bool, is_padding: bool) -> Dict[str, Any]:
        """`document_id`, `is_padding` and, when labelled, `gold_entities` and `gold_relations`."""
        metadata: Dict[str, Any] = {"document_id": view.document.id, "is_padding": is_padding}
        if labelled:
            metadata["gold_entities"] = [entity_item(mention) for mention in view.mentions]
            metadata["gold_relations"] = relation_items(view.document, view.relations)
        return metadata

    def align(self, view: Sentence, word_spans: List[Span]) -> Tuple[List[Mention], Alignment]:
        """The mentions that lie in the sentence from end to end, and the alignment with their
        words. With the setting `align: "split"`, words may be cut."""
        aligned = align_sentence(view, word_spans, self._align)
        count_misaligned(aligned, self.losses)
        alignment = aligned.alignment
        self.losses[self._inside_a_word] += alignment.inside_token
        widened = alignment.inside_token if self._align == "expand" else 0  # counted above
        self.losses[_BETWEEN_WORDS] += alignment.changed - widened
        # Cutting may leave no word of a sentence that is only white space.
        return aligned.mentions, alignment._replace(token_spans=alignment.token_spans or word_spans)

    def taggable(
        self, view: Sentence, word_spans: List[Span]
    ) -> Tuple[List[Span], Dict[str, WordSpan]]:
        """The words, cut where the setting `align` says so, and the first and last word of each
        mention that tags can express. If mentions overlap, the longest is kept."""
        inside, alignment = self.align(view, word_spans)
        word_of: Dict[str, WordSpan] = {}
        taken = [False] * len(alignment.token_spans)
        by_length = sorted(
            zip(inside, alignment.word_spans, strict=True),
            key=lambda item: item[0].start - item[0].end,
        )
        for mention, words in by_length:
            if words is None:
                continue
            if any(taken[words[0] : words[1] + 1]):
                self.losses[_OVERLAPPING] += 1
            else:
                taken[words[0] : words[1] + 1] = [True] * (words[1] - words[0] + 1)
                word_of[mention.id] = words
        return alignment.token_spans, word_of

"""The base of the readers that give each sentence, or several in a row, together with its
context."""

from bisect import bisect_right
from itertools import pairwise
from typing import Any, Dict, List, Optional, Sequence, Tuple

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.data.fields import Field, TensorField
from allennlp.data.token_indexers import TokenIndexer

from bio_ie.data.dataset_readers.sentence_reader import SentenceReader
from bio_ie.data.wordpiece_budget import WordpieceBudget
from bio_ie.text.counted import Phrase
from bio_ie.text.document import Document, Span
from bio_ie.text.document_words import DocumentWords
from bio_ie.text.sentences import Sentence, SentenceInContext, split_document

_LONG_SENTENCES = Phrase(
    "sentences longer than max_wordpieces were cut",
    one="sentence longer than max_wordpieces was cut",
)
_LEFT_OUT_CONTEXT = Phrase(
    "words of context did not fit into max_wordpieces",
    one="word of context did not fit into max_wordpieces",
)


class ContextSentenceReader(SentenceReader):
    """Base of the readers whose views are sentences with the sentences around them. The context is
    as much of the surrounding text as fits into an encoder's input.

    # Parameters

    token_indexers, corpus, tokenizer, sentence_splitter, align, max_words, max_instances,
    serialization_dir
        See `SentenceReader`.
    context_sentences : `int`, optional (default = `1`)
        The number of sentences on either side that are context.
    max_wordpieces : `int`, optional (default = `128`)
        The most wordpieces of sentence and context together, special wordpieces included, as the
        encoder's indexer makes them. If no indexer makes wordpieces, words count instead. Context
        is left out first, the words farthest from the sentence before others. A sentence that is
        too long by itself is cut into several.
    joined_wordpieces : `int`, optional
        Consecutive sentences are joined into one view with one context, as long as they have at
        most this many wordpieces and `max_words` words together. Joining saves time: without it, a
        sentence is encoded once for itself and once more for each sentence whose context it is in.
        By default, each view is one sentence.
    """

    def __init__(
        self,
        token_indexers: Dict[str, TokenIndexer],
        context_sentences: int = 1,
        max_wordpieces: int = 128,
        joined_wordpieces: Optional[int] = None,
        **kwargs: Any,
    ) -> None:
        if context_sentences < 0:
            raise ConfigurationError(f"context_sentences must not be {context_sentences}")
        super().__init__(token_indexers, **kwargs)
        self._context_sentences = context_sentences
        self._budget = WordpieceBudget(token_indexers, max_wordpieces)
        room = self._budget.num_wordpieces
        if room < 1:
            raise ConfigurationError(f"max_wordpieces {max_wordpieces} leaves no room for a word")
        if joined_wordpieces is not None and not 1 <= joined_wordpieces <= room:
            raise ConfigurationError(
                f"joined_wordpieces must be from 1 to {room}, which is what fits into "
                f"max_wordpieces, not {joined_wordpieces}"
            )
        self._joined_wordpieces = joined_wordpieces
        self._words_of = DocumentWords()

    def views(self, document: Document) -> List[Sentence]:
        groups = self._groups(document)
        spans = _hulls(groups)
        reach = self._context_sentences
        return [
            SentenceInContext(
                document,
                sentence.start,
                sentence.end,
                sentence.mentions,
                sentence.relations,
                before=tuple(spans[max(0, index - reach) : index]),
                after=tuple(spans[index + 1 : index + 1 + reach]),
                starts=tuple(start for start, _ in groups[index]),
            )
            for index, sentence in enumerate(split_document(document, spans))
        ]

    def sentence_spans(self, document: Document) -> List[Span]:
        """The spans of the document's sentences. Sentences with more than `max_words` words or
        `max_wordpieces` wordpieces are cut. With `joined_wordpieces`, short sentences are
        joined."""
        return _hulls(self._groups(document))

    def whole_sentences(self, document: Document) -> List[Span]:
        """The spans of the document's sentences, before they are cut or joined by their
        wordpieces."""
        return super().sentence_spans(document)

    def _groups(self, document: Document) -> List[List[Span]]:
        """The spans of the sentences of each instance."""
        spans = self.whole_sentences(document)
        parts = [part for span in spans for part in self._fitting_parts(document, span)]
        if self._joined_wordpieces is None:
            return [[part] for part in parts]
        return self._joined(document, parts, self._joined_wordpieces)

    def _fitting_parts(self, document: Document, span: Span) -> List[Span]:
        # A wordpiece has at least one character, so only a longer text can have too many.
        if span[1] - span[0] <= self._budget.num_wordpieces:
            return [span]
        words = self.context_words(document, span)
        parts = self._budget.parts(self._counts(document, words))
        if len(parts) == 1:
            return [span]
        self.losses[_LONG_SENTENCES] += 1
        return [(words[first][0], words[beyond - 1][1]) for first, beyond in parts]

    def _joined(self, document: Document, spans: Sequence[Span], room: int) -> List[List[Span]]:
        """Groups of consecutive spans. Each group has as many spans as fit into `room` wordpieces
        and `max_words` words."""
        joined: List[List[Span]] = []
        wordpieces_left = words_left = 0
        for span in spans:
            words = self.context_words(document, span)
            num_wordpieces, num_words = sum(self._counts(document, words)), len(words)
            if joined and num_wordpieces <= wordpieces_left and num_words <= words_left:
                joined[-1].append(span)
            else:
                joined.append([span])
                wordpieces_left, words_left = room, self._max_words
            wordpieces_left -= num_wordpieces
            words_left -= num_words
        return joined

    def word_fields(self, view: Sentence, word_spans: List[Span]) -> Dict[str, Field]:
        """The fields of a view:

        * `words`: the words of the view and of its context;
        * `target_words` `[S]`: the places of the view's own words among `words`; -1 is padding;
        * `sentences` `[S]`, only with `joined_wordpieces`: for each of the view's own words, the
          number of its sentence in the view; -1 is padding.
        """
        before, after = self._context(view, word_spans)
        places = torch.arange(len(before), len(before) + len(word_spans))
        fields: Dict[str, Field] = {
            "words": self.text_field(view, [*before, *word_spans, *after]),
            "target_words": TensorField(places, padding_value=-1),
        }
        if self._joined_wordpieces is not None:
            fields["sentences"] = _sentences_field(view, word_spans)
        return fields

    def context_words(self, document: Document, span: Span) -> List[Span]:
        """The words of a sentence. They are cached, because a sentence is needed several times: for
        itself and as context of its neighbours."""
        return self._words_of(document, span, lambda: self.word_spans(Sentence(document, *span)))

    def _counts(self, document: Document, words: Sequence[Span]) -> List[int]:
        after_space = [True] + [end != start for (_, end), (start, _) in pairwise(words)]
        return self._budget.counts(
            [document.text[start:end] for start, end in words], after_space[: len(words)]
        )

    def _context(self, view: Sentence, word_spans: Sequence[Span]) -> Tuple[List[Span], List[Span]]:
        """The words of the context before and after the view, as many as fit."""
        if not isinstance(view, SentenceInContext) or not (view.before or view.after):
            return [], []
        document = view.document
        before = [word for span in view.before for word in self.context_words(document, span)]
        after = [word for span in view.after for word in self.context_words(document, span)]
        own = sum(self._counts(document, word_spans))
        num_before, num_after = self._budget.context(
            own, self._counts(document, before), self._counts(document, after)
        )
        left_out = len(before) + len(after) - num_before - num_after
        self.losses[_LEFT_OUT_CONTEXT] += left_out
        return before[len(before) - num_before :], after[:num_after]


def _hulls(groups: Sequence[Sequence[Span]]) -> List[Span]:
    return [(group[0][0], group[-1][1]) for group in groups]


def _sentences_field(view: Sentence, word_spans: Sequence[Span]) -> TensorField:
    starts = view.starts if isinstance(view, SentenceInContext) else ()
    # A word that begins before the first sentence belongs to the first sentence.
    numbers = [max(bisect_right(starts, start) - 1, 0) for start, _ in word_spans]
    return TensorField(torch.tensor(numbers), padding_value=-1)

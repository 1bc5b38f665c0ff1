"""Sentences or documents with entities as spans of words, which may be nested, and relations
between them: for `keci`."""

from bisect import bisect_right
from typing import Any, Dict, List, Set, Tuple

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader, Instance
from allennlp.data.fields import Field, MetadataField, TensorField
from allennlp.data.token_indexers import TokenIndexer

from bio_ie.data.dataset_readers.background_sentence_reader import BackgroundSentenceReader
from bio_ie.data.fields import RelationField
from bio_ie.data.span_position import MAX_WORDS, span_position
from bio_ie.text.counted import Phrase
from bio_ie.text.document import Document, Span
from bio_ie.text.sentences import Sentence, split_document
from bio_ie.text.stable_key import stable_key
from bio_ie.text.tokenizers.alignment import WordSpan

_LONG_DOCUMENTS = Phrase(
    "documents longer than max_words were cut", one="document longer than max_words was cut"
)
_WIDE_MENTIONS = Phrase(
    "mentions wider than max_span_width", one="mention wider than max_span_width"
)
_IN_TWO_SENTENCES = Phrase("mentions in two sentences", one="mention in two sentences")
_FURTHER_TYPES = Phrase("further types of a span", one="further type of a span")
_NO_SPAN = Phrase(
    "relations with an argument that is not a span of the instance",
    one="relation with an argument that is not a span of the instance",
)
_WITH_ITSELF = Phrase("relations of a span with itself", one="relation of a span with itself")
_OF_FURTHER_TYPES = Phrase(
    "relations of a span's further types", one="relation of a span's further types"
)
_FURTHER_LABELS = Phrase(
    "further labels of a pair of spans", one="further label of a pair of spans"
)


@DatasetReader.register("span_graph")
class SpanGraphReader(BackgroundSentenceReader):
    """One instance for each sentence (or document): its words, the spans of words that are
    entities, and the relations between them (KECI, section 2.1). Spans may be nested or cross each
    other.

    A span has one type and at most `max_span_width` words, and lies in one sentence. Mentions that
    are no such spans are left out, and so are relations with such mentions. They are counted in
    `losses` and stay in the gold items of the metadata, so they count as missed in the scores.

    Registered as a `DatasetReader` with name "span_graph".

    # Parameters

    token_indexers, corpus, tokenizer, sentence_splitter, align, max_words, background,
    max_instances, serialization_dir
        See `BackgroundSentenceReader`.
    max_span_width : `int`, optional (default = `20`)
        The most words of a span; L in the paper. The model has a `max_span_width` too: spans that
        are wider than the model's setting count as missed in any case.
    unit : `str`, optional (default = `"sentence"`)
        `"sentence"` or `"document"`. With `"document"`, relations may cross sentences, and a
        document with more than `max_words` words is cut between sentences.
    word_keys : `bool`, optional (default = `False`)
        Also give the field `word_keys`, which a model needs to recognise spans with the same name.

    # Fields

    words : `TextField`
    sentences : `TensorField`, `[N]`, the number of each word's sentence; -1 is padding
    word_keys : `TensorField`, `[N]`, a hash of each word in lower case; only with `word_keys`
    entities : `RelationField` of first word, last word and type, namespace `span_labels`; only when
        labelled
    relations : `RelationField` over spans, namespace `relation_labels`; only when labelled. Each
        span is given as its number (`span_position`).
    background : `BackgroundGraphField`; only with a `background`
    metadata : `document_id`, `word_spans` (character offsets in the document), `is_padding`, and
        when labelled `gold_entities`, `gold_relations` (items of `bio_ie.metrics`) and, for a
        whole document, `document`.
    """

    def __init__(
        self,
        token_indexers: Dict[str, TokenIndexer],
        max_span_width: int = 20,
        unit: str = "sentence",
        word_keys: bool = False,
        **kwargs: Any,
    ) -> None:
        if max_span_width < 1:
            raise ConfigurationError(f"max_span_width must be positive, not {max_span_width}")
        if unit not in ("sentence", "document"):
            raise ConfigurationError(f"unit must be 'sentence' or 'document', not {unit!r}")
        super().__init__(token_indexers, **kwargs)
        if self._max_words >= MAX_WORDS:
            raise ConfigurationError(
                f"max_words must be less than {MAX_WORDS}, not {self._max_words}"
            )
        self._max_span_width = max_span_width
        self._unit = unit
        self._word_keys = word_keys

    def views(self, document: Document) -> List[Sentence]:
        spans = self.sentence_spans(document)
        if self._unit == "sentence":
            return split_document(document, spans)
        # The sentences are stored in the document, so that they need not be found again per view.
        document = document.with_changes(sentences=spans)
        return split_document(document, self._windows(document, spans))

    def _windows(self, document: Document, spans: List[Span]) -> List[Span]:
        """The span of the document, or the spans of stretches of sentences with at most `max_words`
        words."""
        windows: List[Span] = []
        num_words = 0
        for start, end in spans:
            added = len(self.word_spans(Sentence(document, start, end)))
            if windows and num_words + added <= self._max_words:
                windows[-1] = (windows[-1][0], end)
                num_words += added
            else:
                windows.append((start, end))
                num_words = added
        self.losses[_LONG_DOCUMENTS] += len(windows) > 1
        return windows

    def view_to_instance(
        self, view: Sentence, labelled: bool = True, is_padding: bool = False
    ) -> Instance:
        word_spans = self._words_of_sentences(view)
        metadata = self.metadata(view, labelled, is_padding)
        span_of: Dict[str, WordSpan] = {}
        if labelled:
            if view.text.strip() == view.document.text.strip():
                metadata["document"] = view.document
            word_spans, span_of = self._spans(view, word_spans)
        metadata["word_spans"] = word_spans
        instance: Dict[str, Field] = {
            "words": self.text_field(view, word_spans),
            "sentences": TensorField(self._sentence_numbers(view, word_spans), padding_value=-1),
            "metadata": MetadataField(metadata),
        }
        if self._word_keys:
            text = view.document.text
            keys = [stable_key(text[start:end].lower()) for start, end in word_spans]
            instance["word_keys"] = TensorField(torch.tensor(keys))
        if labelled:
            types = self._types(view, span_of)
            instance["entities"] = RelationField(
                [(*span, type_) for span, type_ in types.items()], label_namespace="span_labels"
            )
            instance["relations"] = self._relations(view, span_of, types)
        self.add_background(view, instance)
        return Instance(instance)

    def _words_of_sentences(self, view: Sentence) -> List[Span]:
        if self._unit == "sentence":
            return self.word_spans(view)
        return [
            word
            for start, end in view.document.sentences
            if view.start <= start and end <= view.end
            for word in self.word_spans(Sentence(view.document, start, end))
        ]

    def _sentence_numbers(self, view: Sentence, word_spans: List[Span]) -> torch.Tensor:
        if self._unit == "sentence":
            return torch.zeros(len(word_spans), dtype=torch.long)
        starts = [start for start, _ in view.document.sentences]
        numbers = [bisect_right(starts, start) for start, _ in word_spans]
        return torch.tensor(numbers, dtype=torch.long)

    def _spans(
        self, view: Sentence, word_spans: List[Span]
    ) -> Tuple[List[Span], Dict[str, WordSpan]]:
        """The words, cut where the setting `align` says so, and the first and last word of each
        mention that a span can express."""
        inside, alignment = self.align(view, word_spans)
        numbers = self._sentence_numbers(view, alignment.token_spans).tolist()
        span_of: Dict[str, WordSpan] = {}
        for mention, words in zip(inside, alignment.word_spans, strict=True):
            if words is None:
                continue
            if words[1] - words[0] >= self._max_span_width:
                self.losses[_WIDE_MENTIONS] += 1
            elif numbers[words[0]] != numbers[words[1]]:
                self.losses[_IN_TWO_SENTENCES] += 1
            else:
                span_of[mention.id] = words
        return alignment.token_spans, span_of

    def _types(self, view: Sentence, span_of: Dict[str, WordSpan]) -> Dict[WordSpan, str]:
        """The type of each span. If several mentions with different types have the same span, the
        first type counts."""
        types: Dict[WordSpan, str] = {}
        for mention in view.mentions:
            if mention.id not in span_of:
                continue
            if types.setdefault(span_of[mention.id], mention.type) != mention.type:
                self.losses[_FURTHER_TYPES] += 1
        return types

    def _relations(
        self, view: Sentence, span_of: Dict[str, WordSpan], types: Dict[WordSpan, str]
    ) -> RelationField:
        """The relations between spans. An undirected relation is there in both orders."""
        type_of = {mention.id: mention.type for mention in view.mentions}
        labels: Dict[Tuple[int, int, str], None] = {}  # in order, without duplicates
        pairs: Set[Tuple[int, int]] = set()
        undirected = []
        for relation in view.relations:
            arguments = (relation.head, relation.tail)
            if not span_of.keys() >= set(arguments):
                self.losses[_NO_SPAN] += 1
                continue
            head, tail = (span_position(*span_of[mention]) for mention in arguments)
            if head == tail:
                self.losses[_WITH_ITSELF] += 1
                continue
            new = {(head, tail, relation.type): None}
            if not relation.directed:
                new[tail, head, relation.type] = None
                undirected.append(relation.type)
            new_pairs = {(head, tail) for head, tail, _ in new}
            if any(types[span_of[mention]] != type_of[mention] for mention in arguments):
                # The relation is right for the spans, but the strict score cannot count it as
                # found: the predicted type of a span is not the type of this mention.
                self.losses[_OF_FURTHER_TYPES] += 1
            elif not new.keys() <= labels.keys() and not pairs.isdisjoint(new_pairs):
                self.losses[_FURTHER_LABELS] += 1
            labels.update(new)
            pairs |= new_pairs
        return RelationField(list(labels), undirected)

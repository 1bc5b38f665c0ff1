"""Sentences in their context, with a mention tag, a type and a concept for every word, or a type
and a concept for every mention: for `multitask_entity_linker`."""

from bisect import bisect_right
from dataclasses import replace
from typing import Dict, List, Optional, Sequence, Tuple

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader, Instance, Tokenizer
from allennlp.data.fields import Field, MetadataField, TensorField
from allennlp.data.token_indexers import TokenIndexer

from bio_ie.data.concept_labels import concept_label
from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.dataset_readers.detected_mentions import DetectedMentions
from bio_ie.data.dataset_readers.document_words import DocumentWords
from bio_ie.data.dataset_readers.sentence_reader import SentenceReader
from bio_ie.data.dataset_readers.span_candidates import SpanCandidates
from bio_ie.data.document import Document, Mention, Span
from bio_ie.data.fields import LabelsField, SpanCandidatesField
from bio_ie.data.linking_tasks import LINKING, NAMESPACES
from bio_ie.data.sentences import Sentence, SentenceInContext, joined_across, split_document
from bio_ie.data.tokenizers import SpanSentenceSplitter
from bio_ie.data.tokenizers.alignment import align_tokens
from bio_ie.data.word_tags import NIL, WordSpan, word_tags
from bio_ie.data.wordpiece_budget import WordpieceBudget
from bio_ie.knowledge.candidate_generators import CandidateGenerator
from bio_ie.knowledge.concept_links import vocabulary_id
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.metrics.mention_linking_f1 import linking_items

MENTION = "Mention"
"""The label of mention recognition."""


@DatasetReader.register("entity_linking")
class EntityLinkingReader(SentenceReader):
    """One instance a sentence (or several in a row): its words, those of the sentences around it,
    and for each of its own words labels of three tasks (paper 3, sections 2.1 and 3.1): whether it
    is part of a mention, in BIOES (the paper's BILOU); the type of the mention; and its concept.
    With `granularity: "entity"` the last two are labels of mentions.

    A mention of several concepts (`A|B`) has a label of its own, its ids sorted. The concept of a
    mention without any id is not known, and neither is an empty type: nothing is learned from these
    words. Labels of words hold no nested or crossing mentions: the longest are kept. What is left
    out is counted in `losses`, and stays gold in the metadata.

    Registered as a `DatasetReader` with name "entity_linking".

    # Parameters

    token_indexers, corpus, tokenizer, sentence_splitter, align, max_words, max_instances,
    serialization_dir
        See `SentenceReader`.
    context_sentences : `int`, optional (default = `1`)
        So many sentences on either side are context.
    max_wordpieces : `int`, optional (default = `128`)
        Of sentence and context, special ones included, as the encoder's indexer makes them (words,
        if none of the indexers has wordpieces). Context is left out first, from its far ends; a
        sentence that is too long by itself becomes several.
    joined_wordpieces : `int`, optional
        Sentences in a row are one instance, with one context, as long as they have at most so many
        wordpieces and `max_words` words: a text is encoded less often than once for each of its
        sentences and once for each that it is context of. Default: an instance a sentence (the
        paper).
    granularity : `str`, optional (default = `"token"`)
        What types and concepts are labels of: words (`"token"`) or mentions (`"entity"`).
    type_scheme : `str`, optional (default = `"plain"`)
        The labels of words for types: `"plain"`, or `"bilou"` (the paper's choice for BC5CDR).
    span_source : `str`, optional (default = `"gold"`)
        Of `granularity: "entity"`: whose spans a model classifies out of training. `"archive"`: the
        `mention_detector`'s, or the mentions that come with a text to predict from. `"gold"` and
        `"task"` need nothing of the reader.
    mention_detector : `str`, optional
        With `span_source: "archive"`: the archive of a model that finds mentions.
    kb : `KnowledgeBase`, optional
        Concepts are written as it writes them, whatever the corpus does: an id of another
        vocabulary that it maps is that concept, and `D003000` is `MESH:D003000`.
    candidate_generator : `CandidateGenerator`, optional
        Of granularity "entity": gives the concepts that a mention may name, for a model with
        `candidate_rescoring`. Its concepts must be those of `kb`.
    candidate_spans : `str`, optional (default = `"mentions"`)
        What is looked up: `"mentions"`, those that are annotated or given; or `"all"` spans, for a
        model that finds its own mentions.
    max_candidate_width : `int`, optional (default = `8`)
        Of `candidate_spans: "all"`, in words.

    # Fields

    words : `TextField`; context and sentence
    target_words : `TensorField` `[S]`; where among `words` the sentence's own are, -1 is padding
    sentences : `TensorField` `[S]`; which sentence each of these words is in, a number, -1 is
        padding; only with `joined_wordpieces`
    mention_tags : `LabelsField` `[S]`, namespace `mention_tags`; only when labelled
    type_labels, concept_labels : `LabelsField` `[S]`, of words, namespaces alike; only when
        labelled and of granularity "token"
    spans : `TensorField` `[G, 2]`; first and last word of each mention, among the sentence's own;
        with `span_types`, `span_concepts`, `LabelsField` `[G]`; only when labelled and of
        granularity "entity"
    given_spans : `TensorField` `[P, 2]`; the spans to classify; only with `span_source: "archive"`
    candidates : `SpanCandidatesField`; only with a `candidate_generator`
    metadata : `document_id`, `word_spans` (character offsets of the sentence's own words),
        `candidate_ids` (the concepts of `candidates`, if there are any), `is_padding`, and when
        labelled `gold_entities`, `gold_relations` and `gold_links` (items of `bio_ie.metrics`) and
        `num_labelled`: of each task, how many labels are known.
    """

    def __init__(
        self,
        token_indexers: Dict[str, TokenIndexer],
        corpus: Optional[CorpusFormat] = None,
        tokenizer: Optional[Tokenizer] = None,
        sentence_splitter: Optional[SpanSentenceSplitter] = None,
        context_sentences: int = 1,
        max_wordpieces: int = 128,
        joined_wordpieces: Optional[int] = None,
        granularity: str = "token",
        type_scheme: str = "plain",
        span_source: str = "gold",
        mention_detector: Optional[str] = None,
        kb: Optional[KnowledgeBase] = None,
        candidate_generator: Optional[CandidateGenerator] = None,
        candidate_spans: str = "mentions",
        max_candidate_width: int = 8,
        align: str = "split",
        max_words: int = 400,
        max_instances: Optional[int] = None,
        serialization_dir: Optional[str] = None,
    ) -> None:
        for name, value, allowed in (
            ("granularity", granularity, ("token", "entity")),
            ("type_scheme", type_scheme, ("plain", "bilou")),
            ("span_source", span_source, ("gold", "task", "archive")),
            ("candidate_spans", candidate_spans, ("mentions", "all")),
        ):
            if value not in allowed:
                raise ConfigurationError(f"{name} must be one of {allowed}, not {value!r}")
        if context_sentences < 0:
            raise ConfigurationError(f"context_sentences must not be {context_sentences}")
        from_archive = granularity == "entity" and span_source == "archive"
        if mention_detector is not None and not from_archive:
            raise ConfigurationError(
                "mention_detector goes with granularity 'entity' and span_source 'archive'"
            )
        if candidate_generator is not None and granularity != "entity":
            raise ConfigurationError("a candidate_generator goes with granularity 'entity'")
        if max_candidate_width < 1:
            raise ConfigurationError(f"max_candidate_width must not be {max_candidate_width}")
        super().__init__(
            token_indexers=token_indexers,
            corpus=corpus,
            tokenizer=tokenizer,
            sentence_splitter=sentence_splitter,
            align=align,
            max_words=max_words,
            max_instances=max_instances,
            serialization_dir=serialization_dir,
        )
        self._context_sentences = context_sentences
        self._budget = WordpieceBudget(token_indexers, max_wordpieces)
        if self._budget.num_wordpieces < 1:
            raise ConfigurationError(f"max_wordpieces {max_wordpieces} leaves no room for a word")
        room = self._budget.num_wordpieces
        if joined_wordpieces is not None and not 1 <= joined_wordpieces <= room:
            raise ConfigurationError(
                f"joined_wordpieces must be from 1 to {room}, which is what fits into "
                f"max_wordpieces, not {joined_wordpieces}"
            )
        self._joined_wordpieces = joined_wordpieces
        self._by_word = granularity == "token"
        self._type_scheme = type_scheme
        self.reads_mentions = from_archive
        self.mention_detector = mention_detector
        self._detected = DetectedMentions(mention_detector) if mention_detector else None
        self._kb = kb
        self._candidates: Optional[SpanCandidates] = None
        if candidate_generator is not None:
            width = max_candidate_width if candidate_spans == "all" else None
            self._candidates = SpanCandidates(candidate_generator, width)
        self._words_of = DocumentWords()

    # Views

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
        """The document's sentences, those of more than `max_words` words or `max_wordpieces`
        wordpieces cut, and short ones joined if `joined_wordpieces` says so."""
        return _hulls(self._groups(document))

    def _groups(self, document: Document) -> List[List[Span]]:
        """The sentences of each instance."""
        spans = super().sentence_spans(document)
        if self.reads_mentions and self._detected is None:
            # A mention that is to be classified must not be lost to where sentences were seen.
            spans = joined_across(spans, document.mentions)
        parts = [part for span in spans for part in self._fitting_parts(document, span)]
        if self._joined_wordpieces is None:
            return [[part] for part in parts]
        return self._joined(document, parts, self._joined_wordpieces)

    def _fitting_parts(self, document: Document, span: Span) -> List[Span]:
        # A wordpiece takes a character: only a longer text can have too many.
        if span[1] - span[0] <= self._budget.num_wordpieces:
            return [span]
        words = self._context_words(document, span)
        parts = self._budget.parts(self._counts(document, words))
        if len(parts) == 1:
            return [span]
        self.losses["sentences longer than max_wordpieces were cut"] += 1
        return [(words[first][0], words[beyond - 1][1]) for first, beyond in parts]

    def _joined(self, document: Document, spans: Sequence[Span], room: int) -> List[List[Span]]:
        """The spans, in text order, each with as many of those behind it as there is room for."""
        joined: List[List[Span]] = []
        wordpieces_left = words_left = 0
        for span in spans:
            words = self._context_words(document, span)
            num_wordpieces, num_words = sum(self._counts(document, words)), len(words)
            if joined and num_wordpieces <= wordpieces_left and num_words <= words_left:
                joined[-1].append(span)
            else:
                joined.append([span])
                wordpieces_left, words_left = room, self._max_words
            wordpieces_left -= num_wordpieces
            words_left -= num_words
        return joined

    # Instances

    def prepare(self, views: Sequence[Sentence]) -> None:
        if self._detected is not None:
            self._detected.expect([view.document for view in views])

    def view_to_instance(
        self, view: Sentence, labelled: bool = True, is_padding: bool = False
    ) -> Instance:
        word_spans = self._context_words(view.document, (view.start, view.end))
        metadata = self.metadata(view, labelled, is_padding)
        word_of: Dict[str, WordSpan] = {}
        known = [self._in_kb(mention) for mention in view.mentions] if labelled else []
        if labelled:
            metadata["gold_links"] = linking_items(known)
            word_spans, word_of = self.taggable(view, word_spans)
        metadata["word_spans"] = word_spans
        before, after = self._context(view, word_spans)
        words = self.text_field(view, [*before, *word_spans, *after])
        places = torch.arange(len(before), len(before) + len(word_spans))
        fields: Dict[str, Field] = {
            "words": words,
            "target_words": TensorField(places, padding_value=-1),
        }
        if self._joined_wordpieces is not None:
            fields["sentences"] = _sentences_field(view, word_spans)
        if labelled:
            mentions = [mention for mention in known if mention.id in word_of]
            labels = self._labels(mentions, word_of, len(word_spans))
            metadata["num_labelled"] = {
                task: sum(label is not None for label in labels[name].labels)
                for task, name in zip(NAMESPACES, labels, strict=True)
            }
            fields.update(labels)
            if not self._by_word:
                fields["spans"] = _spans_field([word_of[mention.id] for mention in mentions])
        places_to_judge = [word_of[id_] for id_ in word_of]
        if self.reads_mentions:
            given = self._given_spans(view, word_spans, labelled)
            fields["given_spans"] = _spans_field(given)
            places_to_judge += given
        if self._candidates is not None:
            found = self._candidates(view.document.text, word_spans, places_to_judge)
            fields["candidates"] = SpanCandidatesField(found, NAMESPACES[LINKING])
            metadata["candidate_ids"] = [candidate.concept_id for candidate in found]
        fields["metadata"] = MetadataField(metadata)
        return Instance(fields)

    def _labels(
        self, mentions: Sequence[Mention], word_of: Dict[str, WordSpan], num_words: int
    ) -> Dict[str, LabelsField]:
        """The labels of each task, in the order of `NAMESPACES`."""
        spans = [word_of[mention.id] for mention in mentions]
        tags = word_tags(((span, MENTION) for span in spans), num_words)
        types = [mention.type or None for mention in mentions]
        concepts = [concept_label(mention.concept_ids) for mention in mentions]
        if not self._by_word:
            return {
                "mention_tags": LabelsField(tags, "mention_tags"),
                "span_types": LabelsField(types, "type_labels"),
                "span_concepts": LabelsField(concepts, "concept_labels"),
            }
        if self._type_scheme == "bilou":
            typed = [(span, type_ or "") for span, type_ in zip(spans, types, strict=True)]
            # An empty type leaves nothing behind the hyphen.
            type_labels: List[Optional[str]] = [
                tag if tag[-1] != "-" else None for tag in word_tags(typed, num_words)
            ]
        else:
            type_labels = self._word_labels("type", spans, types, num_words)
        return {
            "mention_tags": LabelsField(tags, "mention_tags"),
            "type_labels": LabelsField(type_labels, "type_labels"),
            "concept_labels": LabelsField(
                self._word_labels("concept", spans, concepts, num_words), "concept_labels"
            ),
        }

    def _word_labels(
        self,
        what: str,
        spans: Sequence[WordSpan],
        labels: Sequence[Optional[str]],
        num_words: int,
    ) -> List[Optional[str]]:
        result: List[Optional[str]] = [NIL] * num_words
        ends: Dict[int, Optional[str]] = {}
        for (first, last), label in sorted(zip(spans, labels, strict=True), key=lambda x: x[0]):
            result[first : last + 1] = [label] * (last + 1 - first)
            if label is not None and ends.get(first) == label:
                self.losses[
                    f"mentions of the {what} of the one right before were joined to it"
                ] += 1
            ends[last + 1] = label
        return result

    def _given_spans(
        self, view: Sentence, word_spans: Sequence[Span], labelled: bool
    ) -> List[WordSpan]:
        """Of the mentions of a text to predict from, or of those that the detector finds in a
        labelled one."""
        mentions: Sequence[Mention] = view.mentions
        if labelled:
            if self._detected is None:
                raise ConfigurationError(
                    "span_source 'archive' needs a mention_detector for labelled texts"
                )
            mentions = self._detected.in_document(view.document)
        places = [m.span for m in mentions if view.start <= m.start and m.end <= view.end]
        alignment = align_tokens(view.document.text, word_spans, places, "expand")
        return sorted({span for span in alignment.word_spans if span is not None})

    def _in_kb(self, mention: Mention) -> Mention:
        """The mention with its concepts as the knowledge base writes them."""
        if self._kb is None:
            return mention
        prefixed = [vocabulary_id(id_, mention.type) for id_ in mention.concept_ids]
        ids = tuple(self._kb.resolve(concept_id) or concept_id for concept_id in prefixed)
        return replace(mention, concept_ids=ids)

    # Words

    def _context_words(self, document: Document, span: Span) -> List[Span]:
        """The words of a sentence, which is asked for several times: for itself and as context."""
        return self._words_of(document, span, lambda: self.word_spans(Sentence(document, *span)))

    def _counts(self, document: Document, words: Sequence[Span]) -> List[int]:
        return self._budget.counts([document.text[start:end] for start, end in words])

    def _context(self, view: Sentence, word_spans: Sequence[Span]) -> Tuple[List[Span], List[Span]]:
        """The words of the context that fit."""
        if not isinstance(view, SentenceInContext) or not (view.before or view.after):
            return [], []
        document = view.document
        before = [word for span in view.before for word in self._context_words(document, span)]
        after = [word for span in view.after for word in self._context_words(document, span)]
        own = sum(self._counts(document, word_spans))
        num_before, num_after = self._budget.context(
            own, self._counts(document, before), self._counts(document, after)
        )
        left_out = len(before) + len(after) - num_before - num_after
        self.losses["words of context did not fit into max_wordpieces"] += left_out
        return before[len(before) - num_before :], after[:num_after]


def _hulls(groups: Sequence[Sequence[Span]]) -> List[Span]:
    return [(group[0][0], group[-1][1]) for group in groups]


def _sentences_field(view: Sentence, word_spans: Sequence[Span]) -> TensorField:
    starts = view.starts if isinstance(view, SentenceInContext) else ()
    # A word that begins before the first sentence is in it.
    numbers = [max(bisect_right(starts, start) - 1, 0) for start, _ in word_spans]
    return TensorField(torch.tensor(numbers), padding_value=-1)


def _spans_field(spans: Sequence[WordSpan]) -> TensorField:
    return TensorField(torch.tensor(spans, dtype=torch.long).view(-1, 2), padding_value=-1)

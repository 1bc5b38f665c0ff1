"""Sentences in their context, with labels of mentions, types and concepts for words or for whole
mentions: for `multitask_entity_linker`."""

from dataclasses import replace
from typing import Any, Dict, List, Optional, Sequence

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader, Instance
from allennlp.data.fields import MetadataField, TensorField
from allennlp.data.token_indexers import TokenIndexer

from bio_ie.data.concept_items import linking_items
from bio_ie.data.concept_labels import concept_label
from bio_ie.data.dataset_readers.context_sentence_reader import ContextSentenceReader
from bio_ie.data.dataset_readers.detected_mentions import DetectedMentions
from bio_ie.data.dataset_readers.scored_data import knowledge_bases_of
from bio_ie.data.dataset_readers.span_candidates import SpanCandidates
from bio_ie.data.fields import LabelsField, SpanCandidatesField
from bio_ie.data.linking_task_names import LINKING, NAMESPACES
from bio_ie.data.word_tags import NIL, word_tags
from bio_ie.knowledge.candidate_generators import CandidateGenerator
from bio_ie.knowledge.concept_links import vocabulary_id
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.text.counted import Phrase
from bio_ie.text.document import Document, Mention, Span
from bio_ie.text.sentences import Sentence, joined_across
from bio_ie.text.tokenizers.alignment import WordSpan, align_tokens

_JOINED = {
    what: Phrase(
        f"mentions directly after a mention of the same {what} were joined to it",
        one=f"mention directly after a mention of the same {what} was joined to it",
    )
    for what in ("type", "concept")
}

MENTION = "Mention"
"""The label of mention recognition."""


@DatasetReader.register("entity_linking")
class EntityLinkingReader(ContextSentenceReader):
    """One instance for each sentence (or for several in a row): its words, the words of the
    sentences around it, and labels of three tasks (multi-task linking, sections 2.1 and 3.1). For
    each word of the sentence itself, the labels are whether the word is part of a mention, in BIOES
    (the paper's BILOU), the type of the mention, and the concept of the mention. With
    `granularity: "entity"`, types and concepts are labels of whole mentions instead.

    A mention of several concepts (`A|B`) has a label of its own, with its ids sorted. If a mention
    has no id, its concept is unknown, and if its type is empty, its type is unknown. Nothing is
    learned from unknown labels. Labels of words cannot express nested or crossing mentions, so only
    the longest mentions are kept. Mentions that are left out are counted in `losses`, and stay in
    the gold items of the metadata.

    Registered as a `DatasetReader` with name "entity_linking".

    # Parameters

    token_indexers, corpus, tokenizer, sentence_splitter, context_sentences, max_wordpieces,
    joined_wordpieces, align, max_words, max_instances, serialization_dir
        See `ContextSentenceReader`. The paper has one instance per sentence, so no
        `joined_wordpieces`.
    granularity : `str`, optional (default = `"token"`)
        Whether types and concepts are labels of words (`"token"`) or of mentions (`"entity"`).
    type_scheme : `str`, optional (default = `"plain"`)
        How types label words: `"plain"`, or `"bilou"` (the paper's choice for BC5CDR).
    span_source : `str`, optional (default = `"gold"`)
        Only for `granularity: "entity"`: which spans a model classifies outside of training.
        `"archive"`: the spans that the `mention_detector` finds, or the mentions that come with a
        text to predict from. `"gold"` and `"task"` need nothing from the reader.
    mention_detector : `str`, optional
        With `span_source: "archive"`: the archive of a model that finds mentions.
    kb : `KnowledgeBase`, optional
        Concepts are written as the knowledge base writes them, even if the corpus writes them
        otherwise. If the knowledge base maps an id of another vocabulary to a concept, the id means
        that concept, and `D003000` means `MESH:D003000`.
    candidate_generator : `CandidateGenerator`, optional
        Only for granularity "entity": gives the concepts that a mention may name, for a model with
        `candidate_rescoring`. It must use the same concepts as `kb`.
    candidate_spans : `str`, optional (default = `"mentions"`)
        The spans whose candidates are looked up: `"mentions"`, which are annotated or given; or
        `"all"` spans, for a model that finds its own mentions.
    max_candidate_width : `int`, optional (default = `8`)
        The most words of a span with `candidate_spans: "all"`.

    # Fields

    words : `TextField`; the words of the sentence and of its context
    target_words : `TensorField` `[S]`; the places of the sentence's own words among `words`; -1 is
        padding
    sentences : `TensorField` `[S]`; for each of the sentence's own words, the number of the
        sentence that it is in; -1 is padding; only with `joined_wordpieces`
    mention_tags : `LabelsField` `[S]`, namespace `mention_tags`; only when labelled
    type_labels, concept_labels : `LabelsField` `[S]`, labels of words; the namespaces have the same
        names; only when labelled and with granularity "token"
    spans : `TensorField` `[G, 2]`; first and last word of each mention, among the sentence's own
        words; with `span_types`, `span_concepts`, `LabelsField` `[G]`; only when labelled and with
        granularity "entity"
    given_spans : `TensorField` `[P, 2]`; the spans to classify; only with `span_source: "archive"`
    candidates : `SpanCandidatesField`; only with a `candidate_generator`
    metadata : `document_id`, `word_spans` (character offsets of the sentence's own words),
        `candidate_ids` (the concepts of `candidates`, if there are any), `is_padding`, and when
        labelled `gold_entities`, `gold_relations` and `gold_links` (items of `bio_ie.metrics`) and
        `num_labelled`: the number of known labels of each task.
    """

    def __init__(
        self,
        token_indexers: Dict[str, TokenIndexer],
        granularity: str = "token",
        type_scheme: str = "plain",
        span_source: str = "gold",
        mention_detector: Optional[str] = None,
        kb: Optional[KnowledgeBase] = None,
        candidate_generator: Optional[CandidateGenerator] = None,
        candidate_spans: str = "mentions",
        max_candidate_width: int = 8,
        **kwargs: Any,
    ) -> None:
        for name, value, allowed in (
            ("granularity", granularity, ("token", "entity")),
            ("type_scheme", type_scheme, ("plain", "bilou")),
            ("span_source", span_source, ("gold", "task", "archive")),
            ("candidate_spans", candidate_spans, ("mentions", "all")),
        ):
            if value not in allowed:
                raise ConfigurationError(f"{name} must be one of {allowed}, not {value!r}")
        from_archive = granularity == "entity" and span_source == "archive"
        if mention_detector is not None and not from_archive:
            raise ConfigurationError(
                "mention_detector goes with granularity 'entity' and span_source 'archive'"
            )
        if candidate_generator is not None and granularity != "entity":
            raise ConfigurationError("a candidate_generator goes with granularity 'entity'")
        if max_candidate_width < 1:
            raise ConfigurationError(f"max_candidate_width must not be {max_candidate_width}")
        super().__init__(token_indexers, **kwargs)
        self._by_word = granularity == "token"
        self._type_scheme = type_scheme
        self.reads_mentions = from_archive
        self.mention_detector = mention_detector
        self._detected = DetectedMentions(mention_detector) if mention_detector else None
        self._kb = kb
        self._candidate_generator = candidate_generator
        self._candidates: Optional[SpanCandidates] = None
        if candidate_generator is not None:
            width = max_candidate_width if candidate_spans == "all" else None
            self._candidates = SpanCandidates(candidate_generator, width)

    def knowledge_bases(self) -> List[KnowledgeBase]:
        return knowledge_bases_of(self._kb, self._candidate_generator)

    def whole_sentences(self, document: Document) -> List[Span]:
        spans = super().whole_sentences(document)
        if self.reads_mentions and self._detected is None:
            # Otherwise a given mention that crosses the end of a sentence would not be classified.
            spans = joined_across(spans, document.mentions)
        return spans

    def prepare(self, views: Sequence[Sentence]) -> None:
        if self._detected is not None:
            self._detected.expect([view.document for view in views])

    def view_to_instance(
        self, view: Sentence, labelled: bool = True, is_padding: bool = False
    ) -> Instance:
        word_spans = self.context_words(view.document, (view.start, view.end))
        metadata = self.metadata(view, labelled, is_padding)
        word_of: Dict[str, WordSpan] = {}
        known = [self._in_kb(mention) for mention in view.mentions] if labelled else []
        if labelled:
            metadata["gold_links"] = linking_items(known)
            word_spans, word_of = self.taggable(view, word_spans)
        metadata["word_spans"] = word_spans
        fields = self.word_fields(view, word_spans)
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
        mention_spans = list(word_of.values())
        if self.reads_mentions:
            given = self._given_spans(view, word_spans, labelled)
            fields["given_spans"] = _spans_field(given)
            mention_spans += given
        if self._candidates is not None:
            found = self._candidates(view.document.text, word_spans, mention_spans)
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
            # The tag of a mention with an empty type ends with the hyphen.
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
                self.losses[_JOINED[what]] += 1
            ends[last + 1] = label
        return result

    def _given_spans(
        self, view: Sentence, word_spans: Sequence[Span], labelled: bool
    ) -> List[WordSpan]:
        """The spans to classify. In a text to predict from, they are the spans of its mentions. In
        a labelled text, they are the spans that the detector finds."""
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
        """The mention, with its concepts as the knowledge base writes them."""
        if self._kb is None:
            return mention
        prefixed = [vocabulary_id(id_, mention.type) for id_ in mention.concept_ids]
        ids = tuple(self._kb.resolve(concept_id) or concept_id for concept_id in prefixed)
        return replace(mention, concept_ids=ids)


def _spans_field(spans: Sequence[WordSpan]) -> TensorField:
    return TensorField(torch.tensor(spans, dtype=torch.long).view(-1, 2), padding_value=-1)

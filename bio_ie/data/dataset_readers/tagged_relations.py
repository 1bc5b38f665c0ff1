"""Sentences with one tag per word and relations between words: for `joint_ner_re`."""

from typing import Any, Dict, Tuple

from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader, Instance
from allennlp.data.fields import Field, MetadataField
from allennlp.data.token_indexers import TokenIndexer

from bio_ie.data.dataset_readers.background_sentence_reader import BackgroundSentenceReader
from bio_ie.data.fields import RelationField, TagField
from bio_ie.data.word_tags import word_tags
from bio_ie.text.counted import Phrase
from bio_ie.text.sentences import Sentence
from bio_ie.text.tokenizers.alignment import WordSpan

_WITH_ITSELF = Phrase("relations of a mention with itself", one="relation of a mention with itself")
_NOT_TAGGED = Phrase(
    "relations with an argument that has no tags",
    one="relation with an argument that has no tags",
)
_FURTHER_LABELS = Phrase(
    "further labels of a pair of mentions", one="further label of a pair of mentions"
)


@DatasetReader.register("tagged_relations")
class TaggedRelationsReader(BackgroundSentenceReader):
    """One instance for each sentence: its words, BIOES (or BIO) tags of its mentions, and its
    relations as pairs of last words (joint NER and RE, section 2).

    Tags cannot express nested or crossing mentions, so only the longest are kept. Mentions that are
    left out, and relations with such mentions, are counted in `losses` and stay in the gold items
    of the metadata, so they count as missed in the scores.

    Registered as a `DatasetReader` with name "tagged_relations".

    # Parameters

    token_indexers, corpus, tokenizer, sentence_splitter, align, max_words, background,
    max_instances, serialization_dir
        See `BackgroundSentenceReader`.
    tag_scheme : `str`, optional (default = `"BIOES"`)
        `"BIOES"` or `"BIO"`.

    # Fields

    words : `TextField`
    tags : `TagField`, namespace `entity_tags`; only when labelled
    relations : `RelationField` over words, namespace `relation_labels`; only when labelled
    background : `BackgroundGraphField`; only with a `background`
    metadata : `document_id`, `word_spans` (character offsets in the document), `is_padding`, and
        when labelled `gold_entities` and `gold_relations` (items of `bio_ie.metrics`).
    """

    def __init__(
        self,
        token_indexers: Dict[str, TokenIndexer],
        tag_scheme: str = "BIOES",
        **kwargs: Any,
    ) -> None:
        if tag_scheme not in ("BIOES", "BIO"):
            raise ConfigurationError(f"tag_scheme must be 'BIOES' or 'BIO', not {tag_scheme!r}")
        super().__init__(token_indexers, **kwargs)
        self._tag_scheme = tag_scheme

    def view_to_instance(
        self, view: Sentence, labelled: bool = True, is_padding: bool = False
    ) -> Instance:
        word_spans = self.word_spans(view)
        metadata = self.metadata(view, labelled, is_padding)
        word_of: Dict[str, WordSpan] = {}
        if labelled:
            word_spans, word_of = self.taggable(view, word_spans)
        metadata["word_spans"] = word_spans

        words = self.text_field(view, word_spans)
        instance: Dict[str, Field] = {"words": words, "metadata": MetadataField(metadata)}
        if labelled:
            labelled_words = [(word_of[m.id], m.type) for m in view.mentions if m.id in word_of]
            tags = word_tags(labelled_words, len(word_spans), self._tag_scheme)
            instance["tags"] = TagField(tags, words, label_namespace="entity_tags")
            instance["relations"] = self._relations(view, word_of)
        self.add_background(view, instance)
        return Instance(instance)

    def _relations(self, view: Sentence, word_of: Dict[str, WordSpan]) -> RelationField:
        """The relations between last words. An undirected relation is there in both orders."""
        labels: Dict[Tuple[int, int, str], None] = {}  # in order, without duplicates
        undirected = []
        for relation in view.relations:
            if relation.head == relation.tail:
                self.losses[_WITH_ITSELF] += 1
            elif relation.head not in word_of or relation.tail not in word_of:
                self.losses[_NOT_TAGGED] += 1
            else:
                head, tail = word_of[relation.head][1], word_of[relation.tail][1]
                labels[head, tail, relation.type] = None
                if not relation.directed:
                    labels[tail, head, relation.type] = None
                    undirected.append(relation.type)
        pairs = {(head, tail) for head, tail, _ in labels}
        self.losses[_FURTHER_LABELS] += len(labels) - len(pairs)
        return RelationField(list(labels), undirected)

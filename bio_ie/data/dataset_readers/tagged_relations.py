"""Sentences with one tag a word and relations between words: for `joint_ner_re`."""

from typing import Any, Dict, List, Optional, Tuple

from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader, Instance, Token, Tokenizer
from allennlp.data.fields import Field, MetadataField, TextField
from allennlp.data.token_indexers import TokenIndexer

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.dataset_readers.document_reader import DocumentReader
from bio_ie.data.document import Document, Span
from bio_ie.data.fields import RelationField, TagField
from bio_ie.data.sentences import Sentence, sentence_spans, split_document
from bio_ie.data.tokenizers import SpanSentenceSplitter
from bio_ie.data.tokenizers.alignment import align_tokens
from bio_ie.metrics.items import entity_item, relation_items

WordSpan = Tuple[int, int]


@DatasetReader.register("tagged_relations")
class TaggedRelationsReader(DocumentReader[Sentence]):
    """One instance a sentence: its words, BIOES (or BIO) tags of its mentions, and its relations
    as pairs of last words (paper 2, section 2).

    Tags hold no nested or crossing mentions: the longest are kept. Whatever is left out (and a
    relation one of whose arguments is) is counted in `losses` and stays gold in the metadata, so
    it counts as missed in the scores.

    Registered as a `DatasetReader` with name "tagged_relations".

    # Parameters

    token_indexers, corpus, tokenizer, sentence_splitter, max_instances, serialization_dir
        See `DocumentReader`.
    tag_scheme : `str`, optional (default = `"BIOES"`)
        `"BIOES"` or `"BIO"`.
    align : `str`, optional (default = `"split"`)
        What happens to a word that a mention begins or ends in: `"split"` cuts the word (labelled
        reading only), `"expand"` widens the mention.
    max_words : `int`, optional (default = `400`)
        A longer sentence is cut into parts of at most this many words. Bounds the memory a
        sentence can take.

    # Fields

    words : `TextField`
    tags : `TagField`, namespace `entity_tags`; only when labelled
    relations : `RelationField` over words, namespace `relation_labels`; only when labelled
    metadata : `document_id`, `word_spans` (character offsets in the document), `is_padding`, and
        when labelled `gold_entities` and `gold_relations` (items of `bio_ie.metrics`).
    """

    def __init__(
        self,
        token_indexers: Dict[str, TokenIndexer],
        corpus: Optional[CorpusFormat] = None,
        tokenizer: Optional[Tokenizer] = None,
        sentence_splitter: Optional[SpanSentenceSplitter] = None,
        tag_scheme: str = "BIOES",
        align: str = "split",
        max_words: int = 400,
        max_instances: Optional[int] = None,
        serialization_dir: Optional[str] = None,
    ) -> None:
        if tag_scheme not in ("BIOES", "BIO"):
            raise ConfigurationError(f"tag_scheme must be 'BIOES' or 'BIO', not {tag_scheme!r}")
        if align not in ("split", "expand"):
            raise ConfigurationError(f"align must be 'split' or 'expand', not {align!r}")
        if max_words < 1:
            raise ConfigurationError(f"max_words must be positive, not {max_words}")
        super().__init__(
            token_indexers=token_indexers,
            corpus=corpus,
            tokenizer=tokenizer,
            sentence_splitter=sentence_splitter,
            max_instances=max_instances,
            serialization_dir=serialization_dir,
        )
        self._tag_scheme = tag_scheme
        self._align = align
        self._max_words = max_words

    def apply_token_indexers(self, instance: Instance) -> None:
        instance["words"].token_indexers = self._token_indexers  # type: ignore[attr-defined]

    def views(self, document: Document) -> List[Sentence]:
        spans = sentence_spans(document, self.sentence_splitter)
        # A word takes a character: only a longer text can have too many words.
        if any(end - start > self._max_words for start, end in spans):
            spans = [part for span in spans for part in self._parts(document, span)]
        return split_document(document, spans)

    def view_to_instance(
        self, view: Sentence, labelled: bool = True, is_padding: bool = False
    ) -> Instance:
        word_spans = self._word_spans(view)
        metadata: Dict[str, Any] = {"document_id": view.document.id, "is_padding": is_padding}
        word_of: Dict[str, WordSpan] = {}
        if labelled:
            metadata["gold_entities"] = [entity_item(mention) for mention in view.mentions]
            metadata["gold_relations"] = relation_items(view.document, view.relations)
            word_spans, word_of = self._taggable(view, word_spans)
        metadata["word_spans"] = word_spans

        text = view.document.text
        words = TextField([Token(text[start:end], start, end) for start, end in word_spans])
        instance: Dict[str, Field] = {"words": words, "metadata": MetadataField(metadata)}
        if labelled:
            tags = self._tags(view, word_of, len(word_spans))
            instance["tags"] = TagField(tags, words, label_namespace="entity_tags")
            instance["relations"] = self._relations(view, word_of)
        return Instance(instance)

    def _parts(self, document: Document, span: Span) -> List[Span]:
        """The sentence itself, or its parts of at most `max_words` words."""
        words = self._word_spans(Sentence(document, *span))
        if len(words) <= self._max_words:
            return [span]
        self.losses["sentences longer than max_words were cut"] += 1
        parts = [words[i : i + self._max_words] for i in range(0, len(words), self._max_words)]
        return [(part[0][0], part[-1][1]) for part in parts]

    def _word_spans(self, view: Sentence) -> List[Span]:
        spans = view.token_spans()
        if not spans:
            spans = [
                (view.start + token.idx, view.start + token.idx_end)  # type: ignore[operator]
                for token in self.tokenizer.tokenize(view.text)
                if token.text and not token.text.isspace()
            ]
        # A sentence of white space alone still is an instance: rows and documents stay in step.
        return spans or [(view.start, view.end)]

    def _taggable(
        self, view: Sentence, word_spans: List[Span]
    ) -> Tuple[List[Span], Dict[str, WordSpan]]:
        """The words, cut where `align` says so, and the first and last word of each mention that
        tags can hold: the longest ones of those that overlap."""
        inside = [m for m in view.mentions if view.start <= m.start and m.end <= view.end]
        self.losses["mentions cross the end of their sentence"] += len(view.mentions) - len(inside)
        self.losses["discontinuous mentions were tagged from end to end"] += sum(
            bool(mention.fragments) for mention in inside
        )
        alignment = align_tokens(
            view.document.text, word_spans, [mention.span for mention in inside], self._align
        )
        self.losses[f"mentions end inside a word (align: {self._align})"] += alignment.inside_token
        word_of: Dict[str, WordSpan] = {}
        taken = [False] * len(alignment.token_spans)
        by_length = sorted(
            zip(inside, alignment.word_spans, strict=True),
            key=lambda item: item[0].start - item[0].end,
        )
        for mention, words in by_length:
            if words is None:
                self.losses["mentions hold no word"] += 1
            elif any(taken[words[0] : words[1] + 1]):
                self.losses["mentions nested in, crossing or repeating another"] += 1
            else:
                taken[words[0] : words[1] + 1] = [True] * (words[1] - words[0] + 1)
                word_of[mention.id] = words
        return alignment.token_spans, word_of

    def _tags(self, view: Sentence, word_of: Dict[str, WordSpan], num_words: int) -> List[str]:
        tags = ["O"] * num_words
        for mention in view.mentions:
            if mention.id not in word_of:
                continue
            first, last = word_of[mention.id]
            tags[first] = f"B-{mention.type}"
            tags[first + 1 : last + 1] = [f"I-{mention.type}"] * (last - first)
            if self._tag_scheme == "BIOES":
                tags[last] = f"{'S' if first == last else 'E'}-{mention.type}"
        return tags

    def _relations(self, view: Sentence, word_of: Dict[str, WordSpan]) -> RelationField:
        """Relations over last words; an undirected one in both orders."""
        labels: Dict[Tuple[int, int, str], None] = {}  # in order, without duplicates
        undirected = []
        for relation in view.relations:
            if relation.head == relation.tail:
                self.losses["relations of a mention with itself"] += 1
            elif relation.head not in word_of or relation.tail not in word_of:
                self.losses["relations with an argument that is not tagged here"] += 1
            else:
                head, tail = word_of[relation.head][1], word_of[relation.tail][1]
                labels[head, tail, relation.type] = None
                if not relation.directed:
                    labels[tail, head, relation.type] = None
                    undirected.append(relation.type)
        pairs = {(head, tail) for head, tail, _ in labels}
        self.losses["further labels of a pair of mentions"] += len(labels) - len(pairs)
        return RelationField(list(labels), undirected)

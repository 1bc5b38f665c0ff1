"""Sentences with a pair of entities each, for the relation representations of RELVM."""

import logging
import random
from dataclasses import dataclass
from typing import Any, Dict, Iterable, Iterator, List, Optional, Tuple

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader, Instance, Token, TokenIndexer
from allennlp.data.fields import Field, LabelField, MetadataField, TensorField, TextField
from allennlp.data.token_indexers import SingleIdTokenIndexer

from bio_ie.data.corpora.corpus_path import open_corpus, read_corpus
from bio_ie.data.dataset_readers.document_reader import CorpusPath, DocumentReader
from bio_ie.data.pairs.argument_words import ARGUMENT_FORMS, argument_words
from bio_ie.data.pairs.entity_sentence import (
    SAME_IDENTIFIER,
    UNIDENTIFIED,
    EntityMention,
    EntityPair,
    EntitySentence,
    entity_key,
    entity_pairs,
)
from bio_ie.data.pairs.entity_sentences import EntitySentences
from bio_ie.data.pairs.known_sentences import KnownSentences
from bio_ie.data.pairs.pair_sentences import PairSentencesFormat
from bio_ie.data.pairs.relation_labels import NO_RELATION, RELATION_LABELS
from bio_ie.text.counted import Phrase
from bio_ie.text.document import Document
from bio_ie.text.sentences import sentence_spans

_OVERLAPPING_PAIRS = Phrase(
    "pairs of entities whose mentions overlap", one="pair of entities whose mentions overlap"
)
_FURTHER_LABELS = Phrase(
    "further labels of a pair of entities", one="further label of a pair of entities"
)
_LONG_SENTENCES = Phrase(
    "sentences longer than max_length were left out",
    one="sentence longer than max_length was left out",
)
_EXCLUDED_BUT_KEPT = Phrase(
    "sentences of excluded corpora were kept (transductive)",
    one="sentence of an excluded corpus was kept (transductive)",
)
_EXCLUDED = Phrase(
    "sentences of excluded corpora were left out", one="sentence of an excluded corpus was left out"
)
_FURTHER_PAIRS = Phrase(
    "pairs beyond max_pairs_per_sentence were left out",
    one="pair beyond max_pairs_per_sentence was left out",
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class PairContext:
    """A sentence, a pair of its entities, and the type of the relation between the two
    (`NO_RELATION` if there is none)."""

    sentence: EntitySentence
    pair: EntityPair
    label: str


@DatasetReader.register("relation_context")
class RelationContextReader(DocumentReader[PairContext]):
    """One instance for each pair of entities of a sentence (RELVM, section 2): the words c, with
    both mentions replaced by `<ENT>`, and the entities x and y in the order of the text.

    Mentions of a sentence that share an `entity_id` are one entity. If they have no `entity_id`,
    mentions that share type and concepts are one entity. A sentence with three or more entities
    gives one instance for each pair. If an entity has several mentions, the two mentions of the
    pair that stand closest together are replaced, and all other mentions stay words.

    The reader can read any corpus with mentions, and GAD and EU-ADR (`blinded_tsv`). The format
    `pair_sentences` is for unlabelled text that is too large to be tagged and tokenised again for
    every training: it is read line by line, and memory does not grow. Each loader worker and each
    process of distributed training makes only its own instances. Pairs and sentences that are left
    out are counted in `losses`.

    Registered as a `DatasetReader` with name "relation_context".

    # Parameters

    token_indexers : `Dict[str, TokenIndexer]`, optional
        The indexers of the words; by default `single_id`, lower-cased.
    entity_indexers : `Dict[str, TokenIndexer]`, optional
        The indexers of x and y; by default `single_id` in the namespace `entities`.
    corpus, tokenizer, sentence_splitter, max_instances, serialization_dir
        See `DocumentReader`.
    entities : `str`, optional (default = `"types"`)
        What x and y are: the `"types"` of the entities (mention level), or their `"identifiers"`
        (pair level). With `"identifiers"`, pairs with an entity whose identifier is unknown are
        left out, except in prediction.
    arguments : `str`, optional (default = `"hidden"`)
        How the words show x and y (`ARGUMENT_FORMS`): `"hidden"` as `<ENT>`, `"typed"` as
        placeholders with their types, `"marked"` as they are, between markers with their types. The
        last two are for `sentence_classifier`.
    label : `str`, optional
        `"relation"`: the label is the type of a relation between the two entities, in either
        direction, or `NO-RELATION`. By default, instances have no label.
    max_length : `int`, optional (default = `140`)
        Sentences with more words are left out (RELVM, section 4.1), never cut. `None`: no sentence
        is left out, which classification needs.
    max_pairs_per_sentence : `int`, optional
        If a sentence has more pairs, this many are chosen at random, the same ones every time. By
        default, all pairs are taken.
    exclude : `List[Any]`, optional
        Data paths (`bio_ie.data.corpora.corpus_path`). Sentences of these corpora are left out, as
        far as `KnownSentences` recognises them.
    transductive : `bool`, optional (default = `False`)
        Keep the sentences of `exclude` and only count them.

    # Fields

    tokens : `TextField`
    entities : `TextField`; x and y
    places : `TensorField` `[2]`; the words that stand for x and y, or the markers at their
        beginnings; only with `arguments` other than `"hidden"`
    label : `LabelField`, namespace `relation_labels`; only with `label`, and when labelled
    metadata : `document_id`, `sentence` (its text), `is_padding`; for x and y `spans` (character
        offsets in the document or, with `pair_sentences`, in the text of the sentence),
        `mention_ids`, `mentions` (their texts), `types`, `identifiers`; `label`, if there is one
    """

    reads_mentions = True

    def __init__(
        self,
        token_indexers: Optional[Dict[str, TokenIndexer]] = None,
        entity_indexers: Optional[Dict[str, TokenIndexer]] = None,
        entities: str = "types",
        arguments: str = "hidden",
        label: Optional[str] = None,
        max_length: Optional[int] = 140,
        max_pairs_per_sentence: Optional[int] = None,
        exclude: Optional[List[Any]] = None,
        transductive: bool = False,
        **kwargs: Any,
    ) -> None:
        if entities not in ("types", "identifiers"):
            raise ConfigurationError(f"entities must be 'types' or 'identifiers', not {entities!r}")
        if arguments not in ARGUMENT_FORMS:
            raise ConfigurationError(
                f"arguments must be one of {', '.join(ARGUMENT_FORMS)}, not {arguments!r}"
            )
        if label not in (None, "relation"):
            raise ConfigurationError(f"label must be 'relation' or null, not {label!r}")
        for name, value in (
            ("max_length", max_length),
            ("max_pairs_per_sentence", max_pairs_per_sentence),
        ):
            if value is not None and value < 1:
                raise ConfigurationError(f"{name} must be positive, not {value}")
        if transductive and not exclude:
            raise ConfigurationError(
                "transductive is about the corpora of exclude, but exclude names no corpus"
            )
        super().__init__(token_indexers or default_token_indexers(), **kwargs)
        self._entity_indexers = entity_indexers or default_entity_indexers()
        self._by_identifier = entities == "identifiers"
        self._arguments = arguments
        self._is_labelled = label is not None
        self._max_length = max_length
        self._max_pairs = max_pairs_per_sentence
        self._excluded_corpora = list(exclude or [])
        self._transductive = transductive
        self._known: Optional[KnownSentences] = None
        self._sentences = EntitySentences(self.tokenizer, self.sentence_splitter)

    def apply_token_indexers(self, instance: Instance) -> None:
        instance["tokens"].token_indexers = self._token_indexers  # type: ignore[attr-defined]
        instance["entities"].token_indexers = self._entity_indexers  # type: ignore[attr-defined]

    # Views

    def views(self, document: Document) -> Iterator[PairContext]:
        """All pairs of a document, as in prediction. `read_views` leaves some pairs out."""
        for sentence in self._sentences(document, self.losses):
            yield from self._contexts(sentence)

    def read_views(self, file_path: CorpusPath) -> Iterator[PairContext]:
        for sentence in self._read_sentences(file_path):
            contexts = list(self._contexts(sentence))
            if self._by_identifier:
                contexts = self._with_two_identifiers(contexts)
            if contexts and self._is_wanted(sentence):
                yield from self._chosen(sentence, contexts)

    def _read_sentences(self, file_path: CorpusPath) -> Iterator[EntitySentence]:
        corpus_format, file = open_corpus(file_path, self.corpus)
        if isinstance(corpus_format, PairSentencesFormat):
            if self._is_labelled:
                raise ConfigurationError("pair_sentences have no labels: label must be null")
            yield from corpus_format.sentences(file)
            return
        for document in self.noted(corpus_format.read(file)):
            yield from self._sentences(document, self.losses)

    def _contexts(self, sentence: EntitySentence) -> Iterator[PairContext]:
        pairs, num_overlapping = entity_pairs(sentence.mentions)
        self.losses[_OVERLAPPING_PAIRS] += num_overlapping
        labels = self._labels(sentence)
        for pair in pairs:
            entities = frozenset(map(entity_key, pair))
            yield PairContext(sentence, pair, labels.get(entities, NO_RELATION))

    def _labels(self, sentence: EntitySentence) -> Dict["frozenset[Any]", str]:
        """The label of each pair of entities."""
        labels: Dict[frozenset[Any], str] = {}
        if not sentence.relations or not self._is_labelled:
            return labels
        entity = {mention.id: entity_key(mention) for mention in sentence.mentions}
        for type_, head, tail in sentence.relations:
            first = labels.setdefault(frozenset((entity[head], entity[tail])), type_)
            self.losses[_FURTHER_LABELS] += first != type_
        return labels

    def _with_two_identifiers(self, contexts: List[PairContext]) -> List[PairContext]:
        found = []
        for context in contexts:
            x, y = context.pair
            if not x.identifier or not y.identifier:
                self.losses[UNIDENTIFIED] += 1
            elif x.identifier == y.identifier:
                self.losses[SAME_IDENTIFIER] += 1
            else:
                found.append(context)
        return found

    def _is_wanted(self, sentence: EntitySentence) -> bool:
        if self._max_length is not None and len(sentence.words) > self._max_length:
            self.losses[_LONG_SENTENCES] += 1
            return False
        if self._excluded_corpora and sentence.written in self._excluded():
            if self._transductive:
                self.losses[_EXCLUDED_BUT_KEPT] += 1
                return True
            self.losses[_EXCLUDED] += 1
            return False
        return True

    def _excluded(self) -> KnownSentences:
        """The sentences of the excluded corpora. Each process reads them once, when it first needs
        them."""
        if self._known is None:
            known = KnownSentences()
            for path in self._excluded_corpora:
                for document in read_corpus(path, self.corpus):
                    for start, end in sentence_spans(document, self.sentence_splitter):
                        known.add(document.text[start:end])
            logger.info("different sentences to exclude: %s", f"{len(known):,}")
            self._known = known
        return self._known

    def _chosen(
        self, sentence: EntitySentence, contexts: List[PairContext]
    ) -> Iterable[PairContext]:
        if self._max_pairs is None or len(contexts) <= self._max_pairs:
            return contexts
        self.losses[_FURTHER_PAIRS] += len(contexts) - self._max_pairs
        # Seeded by the sentence alone, so that the choice is the same in every process and epoch.
        rng = random.Random(f"{sentence.id}\n{sentence.written}")
        places = sorted(rng.sample(range(len(contexts)), self._max_pairs))
        return [contexts[place] for place in places]

    # Instances

    def view_to_instance(
        self, view: PairContext, labelled: bool = True, is_padding: bool = False
    ) -> Instance:
        sentence, pair = view.sentence, view.pair
        metadata: Dict[str, Any] = {
            "document_id": sentence.id,
            "sentence": sentence.written,
            "spans": [sentence.span(mention) for mention in pair],
            "mention_ids": [mention.id for mention in pair],
            "mentions": [sentence.mention_text(mention) for mention in pair],
            "types": [mention.type for mention in pair],
            "identifiers": [mention.identifier for mention in pair],
            "is_padding": is_padding,
        }
        tokens, places = argument_words(sentence, pair, self._arguments)
        fields: Dict[str, Field] = {
            "tokens": TextField(tokens),
            "entities": entities_field(self._names(pair)),
            "metadata": MetadataField(metadata),
        }
        if self._arguments != "hidden":
            fields["places"] = TensorField(torch.tensor(places))
        if labelled and self._is_labelled:
            metadata["label"] = view.label
            fields["label"] = LabelField(view.label, label_namespace=RELATION_LABELS)
        return Instance(fields)

    def _names(self, pair: EntityPair) -> Tuple[str, str]:
        x, y = map(self._name, pair)
        return x, y

    def _name(self, mention: EntityMention) -> str:
        return mention.identifier if self._by_identifier else mention.type


def entities_field(names: Iterable[str]) -> TextField:
    """The field of x and y, without indexers; `apply_token_indexers` adds them."""
    return TextField([Token(name) for name in names])


def default_token_indexers() -> Dict[str, TokenIndexer]:
    """The default indexers of words: `single_id`, lower-cased."""
    return {"tokens": SingleIdTokenIndexer(lowercase_tokens=True)}


def default_entity_indexers() -> Dict[str, TokenIndexer]:
    """The default indexers of entities: `single_id`, in a namespace of their own."""
    return {"entities": SingleIdTokenIndexer(namespace="entities")}

"""Sentences with names of a dictionary, and the entity type of each name: training data for the
classifier that decides the types of ambiguous names."""

import random
from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Optional, Sequence, Tuple

from allennlp.common.checks import ConfigurationError
from allennlp.data import DatasetReader, Instance, Token, TokenIndexer
from allennlp.data.fields import Field, LabelField, MetadataField, TextField

from bio_ie.data.dataset_readers.document_reader import DocumentReader
from bio_ie.data.pairs.entity_sentence import ENTITY_TOKEN
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.knowledge.typed_dictionary import OTHER, TypedDictionary, TypedMatch
from bio_ie.text.counted import Phrase
from bio_ie.text.document import Document, Span
from bio_ie.text.sentences import sentence_spans
from bio_ie.text.tokenizers.alignment import align_tokens
from bio_ie.text.words import tokenized

_LONG_SENTENCES = Phrase(
    "sentences longer than max_length were left out",
    one="sentence longer than max_length was left out",
)
_AMBIGUOUS_NAMES = Phrase(
    "names of several types were left out", one="name of several types was left out"
)


@dataclass(frozen=True)
class NamedType:
    """The words of a sentence in which `<ENT>` replaces a name, and the type of the name."""

    document_id: str
    words: List[str]
    type: str


@DatasetReader.register("dictionary_types")
class DictionaryTypesReader(DocumentReader[NamedType]):
    """One instance for each dictionary name in the text that can have only one type: its sentence
    with the name replaced by `<ENT>`, and the type (RELVM, section 4.1: "disambiguating entity
    types using a bidirectional LSTM sentence classifier"). A name that is no entity has the type
    `OTHER`. At most one such name per sentence, chosen at random, gives an instance.

    Texts need no annotations. The instances are for AllenNLP's `basic_classifier`. `bio-ie
    extract-pairs` uses the trained classifier for names that can have several types.

    Registered as a `DatasetReader` with name "dictionary_types".

    # Parameters

    token_indexers, corpus, tokenizer, sentence_splitter, max_instances, serialization_dir
        See `DocumentReader`.
    kb : `KnowledgeBase`
    types : `Dict[str, List[str]]`, optional
        See `TypedDictionary`.
    max_length : `int`, optional (default = `140`)
        Sentences with more words are left out.
    window : `int`, optional
        The number of words on either side of the name that an instance has. By default, it has the
        whole sentence.

    # Fields

    tokens : `TextField`
    label : `LabelField`, namespace `labels`; only when labelled
    metadata : `document_id` and `is_padding`
    """

    def __init__(
        self,
        token_indexers: Dict[str, TokenIndexer],
        kb: KnowledgeBase,
        types: Optional[Dict[str, List[str]]] = None,
        max_length: int = 140,
        window: Optional[int] = None,
        **kwargs: Any,
    ) -> None:
        if window is not None and window < 1:
            raise ConfigurationError(f"window must be positive, not {window}")
        super().__init__(token_indexers, **kwargs)
        self._kb = kb
        self._dictionary = TypedDictionary(kb, types)
        self._max_length = max_length
        self._window = window

    def knowledge_bases(self) -> List[KnowledgeBase]:
        return [self._kb]

    def apply_token_indexers(self, instance: Instance) -> None:
        instance["tokens"].token_indexers = self._token_indexers  # type: ignore[attr-defined]

    def views(self, document: Document) -> Iterator[NamedType]:
        spans = sentence_spans(document, self.sentence_splitter)
        texts = [document.text[start:end] for start, end in spans]
        contexts = [document.text] * len(texts)
        found = self._dictionary.match(texts, contexts, with_other=True)
        for text, matches in zip(texts, found, strict=True):
            words = tokenized(text, self.tokenizer) if matches else []
            if len(words) > self._max_length:
                self.losses[_LONG_SENTENCES] += 1
                continue
            for match, type_ in self._certain(text, matches):
                context = self._context(text, words, (match.start, match.end))
                yield NamedType(document.id, context, type_)

    def _certain(
        self, text: str, matches: Sequence[TypedMatch]
    ) -> Iterator[Tuple[TypedMatch, str]]:
        # There are many names that are no entities: take one per sentence, the same one every time.
        no_entities = [match for match in matches if match.type == OTHER]
        chosen = random.Random(text).choice(no_entities) if no_entities else None
        for match in matches:
            if match.type is None:
                self.losses[_AMBIGUOUS_NAMES] += 1
            elif match.type != OTHER or match is chosen:
                yield match, match.type

    def named_type(self, text: str, span: Span) -> NamedType:
        """The view of a name whose type is to be predicted."""
        return NamedType("", self._context(text, tokenized(text, self.tokenizer), span), "")

    def _context(self, text: str, words: Sequence[Span], span: Span) -> List[str]:
        context = blinded_words(text, words, span)
        if self._window is None:
            return context
        place = context.index(ENTITY_TOKEN)
        return context[max(0, place - self._window) : place + self._window + 1]

    def view_to_instance(
        self, view: NamedType, labelled: bool = True, is_padding: bool = False
    ) -> Instance:
        metadata = {"document_id": view.document_id, "is_padding": is_padding}
        fields: Dict[str, Field] = {
            "tokens": TextField([Token(word) for word in view.words]),
            "metadata": MetadataField(metadata),
        }
        if labelled:
            fields["label"] = LabelField(view.type)
        return Instance(fields)


def blinded_words(text: str, words: Sequence[Span], span: Span) -> List[str]:
    """The words of a text, with the words of a name replaced by one `<ENT>`."""
    alignment = align_tokens(text, words, [span])
    first, last = alignment.word_spans[0]  # type: ignore[misc]  # a name has a letter, so a word
    written = [text[start:end] for start, end in alignment.token_spans]
    return [*written[:first], ENTITY_TOKEN, *written[last + 1 :]]

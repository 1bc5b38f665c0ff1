"""Extracts unlabelled sentences with pairs of entities from texts."""

from collections import Counter
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Dict, Iterable, Iterator, List, Mapping, Optional, Protocol, Sequence, Tuple

from allennlp.common.checks import ConfigurationError
from allennlp.data import Tokenizer

from bio_ie.data.losses import Losses
from bio_ie.data.pairs.entity_sentence import EntitySentence, entity_pairs
from bio_ie.data.pairs.entity_sentences import EntitySentences
from bio_ie.knowledge.concept_links import vocabulary_id
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.knowledge.normalization import normalize_name
from bio_ie.knowledge.typed_dictionary import OTHER, TypedDictionary, TypedMatch
from bio_ie.text.counted import Phrase, counted, counted_lines
from bio_ie.text.document import Document, Mention, Span
from bio_ie.text.sentences import sentence_spans
from bio_ie.text.tokenizers import PysbdSentenceSplitter, SpanSentenceSplitter

_AMBIGUOUS = Phrase(
    "names of several types were left out", one="name of several types was left out"
)
_SEVERAL_CONCEPTS = Phrase(
    "names of several concepts of a type were given one of them",
    one="name of several concepts of a type was given one of them",
)
_UNIDENTIFIED = Phrase("mentions without an identifier", one="mention without an identifier")

_DOCUMENTS_AT_ONCE = 32

Name = Tuple[str, Span]
"""The text of a sentence, and the place of a name in it."""


class NameClassifier(Protocol):
    """Predicts the entity types of ambiguous names, such as `TypeClassifier`."""

    def probabilities(self, names: Sequence[Name]) -> List[Dict[str, float]]: ...


@dataclass
class ExtractionCounts:
    """Counts of what was extracted from some texts.

    # Parameters

    documents, sentences, kept : `int`
        The numbers of documents and sentences that were read, and of sentences with a pair of
        entities, which are kept.
    mentions : `Counter[str]`
        The number of mentions of each type, in all sentences.
    pairs : `Counter[str]`
        The number of pairs of entities in the kept sentences, by the types of both entities.
    entities : `Dict[str, Counter]`
        For each type, how often each identifier is mentioned in the kept sentences.
    noted : `Losses`
        Counts of what was decided or left out, by reason.
    """

    documents: int = 0
    sentences: int = 0
    kept: int = 0
    mentions: "Counter[str]" = field(default_factory=Counter)
    pairs: "Counter[str]" = field(default_factory=Counter)
    entities: Dict[str, "Counter[str]"] = field(default_factory=dict)
    noted: Losses = field(default_factory=Counter)

    def lines(self) -> Iterator[str]:
        """The counts as lines of text."""
        yield (
            f"{counted(self.documents, 'document')}, {counted(self.sentences, 'sentence')}, "
            f"{self.kept:,} of them with a pair of entities; "
            f"{counted(sum(self.pairs.values()), 'pair')}"
        )
        for type_, count in self.mentions.most_common():
            different = len(self.entities.get(type_, ()))
            entities = counted(different, "different entity", "different entities")
            yield f"  {type_}: {counted(count, 'mention')}; {entities} in pairs"
        for types, count in self.pairs.most_common():
            yield f"  {types}: {counted(count, 'pair')}"
        for line in counted_lines(self.noted):
            yield f"  {line}"


class PairExtractor:
    """
    Extracts the corpus from which relation representations are learned (RELVM, section 4.1). By
    default, the mentions are names of a dictionary. A classifier predicts the types of ambiguous
    names, and the dictionary gives the identifier of each name as an entity of its type.
    Alternatively, the mentions are those of the documents. Then the dictionary gives identifiers to
    mentions without one.

    # Parameters

    dictionary : `TypedDictionary`, optional
        Needed unless the documents have mentions with all the identifiers that are wanted.
    kb : `KnowledgeBase`, optional
        The knowledge base of the dictionary. The identifiers of the documents' mentions are written
        as it writes them.
    classifier : `NameClassifier`, optional
        Without it, names that can have several types are left out.
    find_mentions : `bool`, optional (default = `True`)
        Whether mentions are the names of the dictionary. Otherwise, they are those of the
        documents.
    tokenizer, sentence_splitter
        See `EntitySentences`.

    # Attributes

    counts : `ExtractionCounts`
        The counts of everything so far.
    """

    def __init__(
        self,
        dictionary: Optional[TypedDictionary] = None,
        kb: Optional[KnowledgeBase] = None,
        classifier: Optional[NameClassifier] = None,
        find_mentions: bool = True,
        tokenizer: Optional[Tokenizer] = None,
        sentence_splitter: Optional[SpanSentenceSplitter] = None,
    ) -> None:
        if find_mentions and dictionary is None:
            raise ConfigurationError("finding names needs a knowledge base")
        if classifier is not None and not find_mentions:
            raise ConfigurationError(
                "a type classifier is only for names of a knowledge base, not for mentions that "
                "are given"
            )
        self._dictionary = dictionary
        self._kb = kb
        self._classifier = classifier
        self._finds = find_mentions
        self._splitter = sentence_splitter or PysbdSentenceSplitter()
        self._sentences = EntitySentences(tokenizer, self._splitter)
        self.counts = ExtractionCounts()

    def __call__(self, documents: Iterable[Document]) -> Iterator[EntitySentence]:
        """The sentences with a pair of entities, in order. The id of a sentence is the id of its
        document, a colon, and the character offset where the sentence begins."""
        stream = iter(documents)
        while batch := list(islice(stream, _DOCUMENTS_AT_ONCE)):
            spans = [sentence_spans(document, self._splitter) for document in batch]
            self.counts.documents += len(batch)
            self.counts.sentences += sum(map(len, spans))
            tagged = self._tagged(batch, spans) if self._finds else map(self._linked, batch)
            for document, document_spans in zip(tagged, spans, strict=True):
                self.counts.mentions.update(mention.type for mention in document.mentions)
                yield from self._with_pairs(document.with_changes(sentences=document_spans))

    def _with_pairs(self, document: Document) -> Iterator[EntitySentence]:
        for sentence in self._sentences(document, self.counts.noted):
            pairs, _ = entity_pairs(sentence.mentions)
            if pairs and sentence.word_spans:
                self.counts.kept += 1
                self.counts.pairs.update("-".join(sorted((x.type, y.type))) for x, y in pairs)
                for mention in sentence.mentions:
                    if mention.identifier:
                        known = self.counts.entities.setdefault(mention.type, Counter())
                        known[mention.identifier] += 1
                yield replace(sentence, id=_sentence_id(sentence.id, sentence.word_spans[0][0]))

    # Names of the dictionary

    def _tagged(
        self, documents: Sequence[Document], spans: Sequence[Sequence[Span]]
    ) -> Iterator[Document]:
        assert self._dictionary is not None
        pieces = list(zip(documents, spans, strict=True))
        texts = [
            document.text[start:end]
            for document, document_spans in pieces
            for start, end in document_spans
        ]
        contexts = [document.text for document, document_spans in pieces for _ in document_spans]
        matches = self._dictionary.match(texts, contexts)
        types = iter(self._types(texts, matches))
        found = iter(zip(texts, matches, strict=True))
        for document, document_spans in pieces:
            mentions: List[Mention] = []
            for offset, _ in document_spans:
                text, text_matches = next(found)
                for match in text_matches:
                    type_ = next(types)
                    if type_ is None or type_ == OTHER:
                        continue
                    concept = self._concept(text[match.start : match.end], match.concepts[type_])
                    place = offset + match.start, offset + match.end
                    mentions.append(Mention(f"T{len(mentions) + 1}", *place, type_, (concept,)))
            yield document.with_changes(mentions=mentions, relations=(), facts=())

    def _types(
        self, texts: Sequence[str], matches: Sequence[Sequence[TypedMatch]]
    ) -> List[Optional[str]]:
        """The types of all matches, in order. A match that is left out has the type `None`."""
        flat = [
            (text, match)
            for text, text_matches in zip(texts, matches, strict=True)
            for match in text_matches
        ]
        types = [match.type for _, match in flat]
        unsure = [place for place, type_ in enumerate(types) if type_ is None]
        if self._classifier is None:
            self.counts.noted[_AMBIGUOUS] += len(unsure)
            return types
        names = [(text, (match.start, match.end)) for text, match in (flat[i] for i in unsure)]
        likely = self._classifier.probabilities(names) if names else []
        for place, probabilities in zip(unsure, likely, strict=True):
            concepts = flat[place][1].concepts
            type_ = max(sorted(concepts), key=lambda type_: probabilities.get(type_, 0.0))
            types[place] = type_
            self.counts.noted[
                Phrase(
                    f"names of several types were taken for {type_}",
                    one=f"name of several types was taken for {type_}",
                )
            ] += 1
        return types

    def _concept(self, name: str, concepts: Sequence[str]) -> str:
        """The concept whose preferred name is `name`. If there is none, the first concept."""
        if len(concepts) == 1:
            return concepts[0]
        self.counts.noted[_SEVERAL_CONCEPTS] += 1
        assert self._kb is not None
        preferred = self._kb.preferred_names(concepts)
        wanted = normalize_name(name)
        called = (c for c in concepts if normalize_name(preferred.get(c, "")) == wanted)
        return next(called, concepts[0])

    # Mentions of the documents

    def _linked(self, document: Document) -> Document:
        """The document with the identifiers of its mentions as the knowledge base writes them.
        Mentions without identifiers get them from the dictionary."""
        bare = [mention for mention in document.mentions if not mention.concept_ids]
        found: Mapping[str, Tuple[str, ...]] = {}
        if bare and self._dictionary is not None:
            names = [document.text_of(mention) for mention in bare]
            concepts = self._dictionary.concepts(document.text, names, [m.type for m in bare])
            found = {
                mention.id: (self._concept(name, name_concepts),) if name_concepts else ()
                for mention, name, name_concepts in zip(bare, names, concepts, strict=True)
            }
        mentions = [
            replace(mention, concept_ids=found.get(mention.id) or self._in_kb(mention))
            for mention in document.mentions
        ]
        self.counts.noted[_UNIDENTIFIED] += sum(not mention.concept_ids for mention in mentions)
        return document.with_changes(mentions=mentions, relations=(), facts=())

    def _in_kb(self, mention: Mention) -> Tuple[str, ...]:
        prefixed = [vocabulary_id(id_, mention.type) for id_ in mention.concept_ids]
        if self._kb is None:
            return tuple(prefixed)
        return tuple(self._kb.resolve(id_) or id_ for id_ in prefixed)


def _sentence_id(document_id: str, start: int) -> str:
    return f"{document_id}:{start}"


def document_id_of(sentence_id: str) -> str:
    """The id of the document from which a sentence of `PairExtractor` is."""
    return sentence_id.rpartition(":")[0]

"""A knowledge base as a component of a spaCy pipeline."""

from typing import Iterable, Iterator, List, Mapping, Optional, Sequence

from allennlp.common.checks import ConfigurationError
from spacy.tokens import Doc, Span, SpanGroup
from spacy.util import minibatch

from bio_ie.annotation.dictionary_links import (
    LinkedDocument,
    find_mentions,
    link,
    of_types,
    with_best_concepts,
)
from bio_ie.api.linking import GENERATORS
from bio_ie.api.spacy_components.documents import (
    document_of,
    set_entities,
    set_extensions,
    spans_of,
)
from bio_ie.knowledge.candidate_generators import Candidate, CandidateGenerator
from bio_ie.knowledge.dictionary_matcher import DictionaryMatcher
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.knowledge.typed_dictionary import CANDIDATES, TypedDictionary
from bio_ie.text.document import Document


class LinkerComponent:
    """
    Links the entities of a document to the concepts of a knowledge base, or finds its names.

        nlp.add_pipe("bio_ie_linker", config={"kb": "knowledge_bases/mesh_ctd.sqlite"})

    Each entity gets the id of its first candidate in `kb_id_`, and all candidates with their scores
    in `span._.kb_ents`, likeliest first. The spans of `spans_key` are linked too, nested ones among
    them. An abbreviation is looked up by the long form that the document gives.

    # Parameters

    name : `str`
    kb : `str`
        A file that `bio-ie build-kb` has written. A pipeline that is saved names it by this path.
    generator : `str`, optional (default = `"exact"`)
        How candidates are found: `"exact"` by the whole name, `"tfidf"` by the nearest names.
    k : `int`, optional (default = `5`)
        The largest number of candidates.
    threshold : `float`, optional (default = `0.0`)
        Candidates with a lower score are left out.
    spans_key : `str`, optional (default = `"bio_ie"`)
        The name of a group of spans that is linked beside the entities and, with `find`, written.
    find : `bool`, optional (default = `False`)
        Whether the names of the knowledge base are found in the text, and become its entities.
    types : `Dict[str, List[str]]`, optional
        The labels of entities, each with its semantic types in the knowledge base. Candidates of
        other types are left out.
    """

    def __init__(
        self,
        name: str = "bio_ie_linker",
        kb: Optional[str] = None,
        generator: str = "exact",
        k: int = 5,
        threshold: float = 0.0,
        spans_key: str = "bio_ie",
        find: bool = False,
        types: Optional[Mapping[str, Sequence[str]]] = None,
    ) -> None:
        if kb is None:
            raise ConfigurationError(
                f"the component {name!r} needs the path of a knowledge base: config={{'kb': ...}}"
            )
        if generator not in GENERATORS:
            raise ConfigurationError(
                f"generator must be one of {', '.join(GENERATORS)}, not {generator!r}"
            )
        if k < 1:
            raise ConfigurationError(f"k must be positive, got {k}")
        set_extensions()
        self.name = name
        self._kb = KnowledgeBase(kb)
        len(self._kb)  # opens the file, so that a missing or damaged one is an error now
        self._types = None if types is None else TypedDictionary(self._kb, types)
        self._generator: CandidateGenerator = GENERATORS[generator](
            self._kb, k if types is None else max(k, CANDIDATES)
        )
        self._matcher = DictionaryMatcher(GENERATORS["exact"](self._kb, 1)) if find else None
        self._k = k
        self._threshold = threshold
        self._spans_key = spans_key

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 128) -> Iterator[Doc]:
        """Processes a stream of documents, so many at a time."""
        for docs in minibatch(stream, batch_size):
            spans = [self._given(doc) for doc in docs]
            documents: Iterable[Document] = map(document_of, docs, spans)
            if self._matcher is not None:
                documents = find_mentions(documents, self._kb, matcher=self._matcher)
            found = link(documents, self._generator)
            for doc, of_doc, linked in zip(docs, spans, found, strict=True):
                chosen = self._chosen(linked)
                if self._matcher is None:
                    self._link(doc, of_doc, chosen)
                else:
                    self._set_names(doc, chosen)
                yield doc

    def _given(self, doc: Doc) -> List[Span]:
        """The spans that are linked: the entities first."""
        if self._matcher is not None:
            return []
        return [*doc.ents, *doc.spans.get(self._spans_key, ())]

    def _chosen(self, linked: LinkedDocument) -> LinkedDocument:
        """With candidates of the right types and scores alone."""
        types = self._types
        if types is not None and self._matcher is not None:
            linked = of_types(linked, types, self._k)
        candidates = [
            [
                candidate
                for candidate in some
                if candidate.score >= self._threshold
                and (types is None or types.type_of(candidate.concept_id) == mention.type)
            ][: self._k]
            for mention, some in zip(linked.document.mentions, linked.candidates, strict=True)
        ]
        return LinkedDocument(linked.document, candidates)

    def _set_names(self, doc: Doc, linked: LinkedDocument) -> None:
        spans = spans_of(doc, with_best_concepts(linked, self._kb).mentions)
        doc.spans[self._spans_key] = SpanGroup(doc, name=self._spans_key, spans=spans)
        set_entities(doc, spans)
        _set_candidates(spans, linked.candidates)

    def _link(self, doc: Doc, given: Sequence[Span], linked: LinkedDocument) -> None:
        spans = [
            Span(
                doc,
                span.start,
                span.end,
                label=span.label,
                kb_id=some[0].concept_id if some else span.kb_id_,
                span_id=span.id_,
            )
            for span, some in zip(given, linked.candidates, strict=True)
        ]
        number = len(doc.ents)
        doc.set_ents(spans[:number])
        if self._spans_key in doc.spans:
            group = spans[number:]
            doc.spans[self._spans_key] = SpanGroup(doc, name=self._spans_key, spans=group)
        _set_candidates(spans, linked.candidates)


def _set_candidates(spans: Sequence[Span], candidates: Sequence[Sequence[Candidate]]) -> None:
    for span, some in zip(spans, candidates, strict=True):
        span._.kb_ents = [(candidate.concept_id, candidate.score) for candidate in some]

"""Links texts to concepts by the names in a knowledge base."""

from dataclasses import replace
from typing import Iterable, Iterator, List, Mapping, Optional, Sequence, Union, overload

from allennlp.common.checks import ConfigurationError

from bio_ie.annotation import dictionary_links
from bio_ie.annotation.dictionary_links import LinkedDocument
from bio_ie.knowledge.candidate_generators import (
    CandidateGenerator,
    ExactCandidateGenerator,
    TfidfCandidateGenerator,
)
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.knowledge.typed_dictionary import CANDIDATES, TypedDictionary
from bio_ie.text.document import Document

GENERATORS = {"exact": ExactCandidateGenerator, "tfidf": TfidfCandidateGenerator}


@overload
def link(  # type: ignore[overload-overlap]  # a text is an iterable of texts, to type checkers
    text: Union[str, Document],
    kb: Union[str, KnowledgeBase],
    generator: str = "exact",
    k: int = 5,
    types: Optional[Mapping[str, Sequence[str]]] = None,
    nested: bool = False,
    annotated: bool = False,
) -> Document: ...


@overload
def link(
    text: Iterable[Union[str, Document]],
    kb: Union[str, KnowledgeBase],
    generator: str = "exact",
    k: int = 5,
    types: Optional[Mapping[str, Sequence[str]]] = None,
    nested: bool = False,
    annotated: bool = False,
) -> Iterator[Document]: ...


def link(
    text: Union[str, Document, Iterable[Union[str, Document]]],
    kb: Union[str, KnowledgeBase],
    generator: str = "exact",
    k: int = 5,
    types: Optional[Mapping[str, Sequence[str]]] = None,
    nested: bool = False,
    annotated: bool = False,
) -> Union[Document, Iterator[Document]]:
    """
    Links the names in texts to concepts, as `bio-ie link` does. Many texts are linked much faster
    in one call than one by one.

    # Parameters

    text : `Union[str, Document, Iterable[Union[str, Document]]]`
        A text or a document, or many of them.
    kb : `Union[str, KnowledgeBase]`
        A file that `bio-ie build-kb` has written.
    generator : `str`, optional (default = `"exact"`)
        How candidates are found: `"exact"` by the whole name, `"tfidf"` by the nearest names.
    k : `int`, optional (default = `5`)
        The largest number of candidates of a mention.
    types : `Mapping[str, Sequence[str]]`, optional
        The types of mentions to find, each with its semantic types in the knowledge base.
    nested : `bool`, optional (default = `False`)
        Whether names inside longer names are mentions too.
    annotated : `bool`, optional (default = `False`)
        Link the mentions that the documents have, in place of names that are found in them.

    # Returns

    `Document`, or `Iterator[Document]` for many
        Each mention has its first candidate in `concept_ids`, the score of this candidate, and all
        of them in `metadata["candidates"]`, likeliest first: `id`, `name`, `score` and
        `semantic_types`.

    Raises `KnowledgeBaseError` for a knowledge base that is missing or damaged, and
    `ConfigurationError` for wrong settings.
    """
    if generator not in GENERATORS:
        raise ConfigurationError(
            f"generator must be one of {', '.join(GENERATORS)}, not {generator!r}"
        )
    if k < 1:
        raise ConfigurationError(f"k must be positive, got {k}")
    if annotated and nested:
        raise ConfigurationError("annotated and nested exclude each other")
    kb = KnowledgeBase(kb) if isinstance(kb, str) else kb
    len(kb)  # opens the file, so that a bad one is an error now
    dictionary = None if types is None else TypedDictionary(kb, types)
    of_mention = GENERATORS[generator](kb, k if dictionary is None else max(k, CANDIDATES))
    linker = _Linker(kb, of_mention, k, dictionary, nested, annotated)
    if isinstance(text, (str, Document)):
        (document,) = linker([text])
        return document
    return linker(text)


class _Linker:
    def __init__(
        self,
        kb: KnowledgeBase,
        generator: CandidateGenerator,
        k: int,
        types: Optional[TypedDictionary],
        nested: bool,
        annotated: bool,
    ) -> None:
        self._kb = kb
        self._generator = generator
        self._k = k
        self._types = types
        self._nested = nested
        self._annotated = annotated

    def __call__(self, texts: Iterable[Union[str, Document]]) -> Iterator[Document]:
        documents: Iterable[Document] = (
            Document(str(number), text) if isinstance(text, str) else text
            for number, text in enumerate(texts, 1)
        )
        if not self._annotated:
            documents = dictionary_links.find_mentions(documents, self._kb, not self._nested)
        for linked in dictionary_links.link(documents, self._generator):
            if self._types is not None:
                linked = dictionary_links.of_types(linked, self._types, self._k)
            yield self._with_candidates(linked)

    def _with_candidates(self, linked: LinkedDocument) -> Document:
        found = dictionary_links.links_to_json(linked, self._kb)["mentions"]
        document = dictionary_links.with_best_concepts(linked, self._kb)
        mentions: List[object] = [
            replace(mention, metadata={**(mention.metadata or {}), "candidates": of["candidates"]})
            for mention, of in zip(document.mentions, found, strict=True)
        ]
        return document.with_changes(mentions=mentions)

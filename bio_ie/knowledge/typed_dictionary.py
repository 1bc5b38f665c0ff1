"""Finds names of entities of some types in a text."""

from typing import Container, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from allennlp.common.checks import ConfigurationError

from bio_ie.knowledge.candidate_generators import ExactCandidateGenerator
from bio_ie.knowledge.dictionary_matcher import DictionaryMatch, DictionaryMatcher
from bio_ie.knowledge.knowledge_base import KnowledgeBase

OTHER = "OTHER"
"""The type of concepts that are not among the types of entities that are looked for."""

DEFAULT_TYPES: Mapping[str, Sequence[str]] = {
    "GENE": ("Gene", "Protein", "Enzyme"),
    "DISEASE": ("Disease", "Phenotypic abnormality"),
    "CHEMICAL": ("Chemical",),
}
"""The types of entities of RELVM, each with its semantic types in the knowledge bases of
`training_config/knowledge`. Genes come first, because a protein is also a chemical in MeSH."""

CANDIDATES = 100
"""The number of candidates of a name, among which the concepts of each type are looked for."""


class TypedMatch(NamedTuple):
    """A name in a text.

    # Parameters

    start, end : `int`
        Character offsets.
    concepts : `Dict[str, Tuple[str, ...]]`
        The concepts with this name, by type. At least one of the types is not `OTHER`, unless
        `TypedDictionary.match` is called with `with_other`.
    """

    start: int
    end: int
    concepts: Dict[str, Tuple[str, ...]]

    @property
    def type(self) -> Optional[str]:
        """The type of the name, or `None` if it is ambiguous."""
        return next(iter(self.concepts)) if len(self.concepts) == 1 else None


class TypedDictionary:
    """
    Finds the longest names of a knowledge base in texts (with a `DictionaryMatcher`) and gives each
    its type of entity (RELVM, section 4.1: "tag the entities with their type using a
    dictionary-based method"). A longer name of another type hides the shorter names in it: no
    protein is found in "insulin resistance".

    # Parameters

    kb : `KnowledgeBase`
    types : `Mapping[str, Sequence[str]]`, optional (default = `DEFAULT_TYPES`)
        The types of entities, each with its semantic types in the knowledge base. If a concept
        matches several types, it has the first of them. Of the concepts with the same name and
        type, only those with the earliest semantic type are given: if the disease comes before the
        phenotype, "breast cancer" is the disease.
    max_width : `int`, optional (default = `8`)
        The largest number of words in a name.

    Raises `ConfigurationError` for a type without semantic types, and for a type called `OTHER`.
    """

    def __init__(
        self,
        kb: KnowledgeBase,
        types: Optional[Mapping[str, Sequence[str]]] = None,
        max_width: int = 8,
    ) -> None:
        self.types = {
            type_: tuple(semantic_types)
            for type_, semantic_types in (DEFAULT_TYPES if types is None else types).items()
        }
        for type_, semantic_types in (types or {}).items():
            if not semantic_types or isinstance(semantic_types, str) or type_ == OTHER:
                raise ConfigurationError(
                    f"types: {type_!r} needs a list of semantic types, and must not be {OTHER}"
                )
        self._kb = kb
        self._generator = ExactCandidateGenerator(kb, k=CANDIDATES)
        self._matcher = DictionaryMatcher(self._generator, max_width)

    def match(
        self,
        texts: Sequence[str],
        contexts: Optional[Sequence[str]] = None,
        with_other: bool = False,
    ) -> List[List[TypedMatch]]:
        """
        Finds names and their types in some texts.

        # Parameters

        texts : `Sequence[str]`
        contexts : `Sequence[str]`, optional (default = `texts`)
            The document that each text is from, whose abbreviations are expanded.
        with_other : `bool`, optional (default = `False`)
            Whether names that have only concepts of type `OTHER` are given as well.

        # Returns

        `List[List[TypedMatch]]`
            The names in each text, in text order.
        """
        found = self._matcher.match(texts, longest_only=True, contexts=contexts)
        return [
            [match for match in map(self._typed, matches) if with_other or match.type != OTHER]
            for matches in found
        ]

    def concepts(
        self, text: str, names: Sequence[str], types: Sequence[str]
    ) -> List[Tuple[str, ...]]:
        """The concepts of names whose types are known (RELVM, section 4.1: "type-specific term
        lookups").

        # Parameters

        text : `str`
            The text with the names, whose abbreviations are expanded.
        names : `Sequence[str]`
        types : `Sequence[str]`
            The type of each name.

        # Returns

        `List[Tuple[str, ...]]`
            The concepts of the given type with each name; empty if there is none.
        """
        found = self._generator.generate(self._generator.expanded(text, names))
        return [
            self._by_type([candidate.concept_id for candidate in candidates]).get(type_, ())
            for candidates, type_ in zip(found, types, strict=True)
        ]

    def _typed(self, match: DictionaryMatch) -> TypedMatch:
        concepts = self._by_type([candidate.concept_id for candidate in match.candidates])
        return TypedMatch(match.start, match.end, concepts)

    def _by_type(self, concept_ids: Sequence[str]) -> Dict[str, Tuple[str, ...]]:
        semantic_types = self._kb.semantic_types(concept_ids)
        found: Dict[str, Tuple[str, ...]] = {}
        ranks: Dict[str, int] = {}
        for concept_id in concept_ids:
            type_, rank = self._type_and_rank(semantic_types[concept_id])
            best = ranks.get(type_, rank)
            if rank <= best:
                found[type_] = (*(found.get(type_, ()) if rank == best else ()), concept_id)
                ranks[type_] = rank
        return found

    def type_of(self, concept_id: str) -> str:
        """The type of a concept; `OTHER` if it has none of the types."""
        return self._type_and_rank(self._kb.semantic_types([concept_id])[concept_id])[0]

    def _type_and_rank(self, semantic_types: Container[str]) -> Tuple[str, int]:
        """The type, and the rank of its semantic type among the semantic types of this type."""
        for type_, wanted in self.types.items():
            for rank, semantic_type in enumerate(wanted):
                if semantic_type in semantic_types:
                    return type_, rank
        return OTHER, 0

"""Names of entities of some types wherever they stand in a text."""

from typing import Container, Dict, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from allennlp.common.checks import ConfigurationError

from bio_ie.knowledge.candidate_generators import ExactCandidateGenerator
from bio_ie.knowledge.dictionary_matcher import DictionaryMatch, DictionaryMatcher
from bio_ie.knowledge.knowledge_base import KnowledgeBase

OTHER = "OTHER"
"""The type of what is none of the entities that are looked for."""

DEFAULT_TYPES: Mapping[str, Sequence[str]] = {
    "GENE": ("Gene", "Protein", "Enzyme"),
    "DISEASE": ("Disease", "Phenotypic abnormality"),
    "CHEMICAL": ("Chemical",),
}
"""The types of entities of RELVM, and the semantic types of `training_config/knowledge` that are
such. MeSH has a protein among the chemicals as well, so genes come first."""

CANDIDATES = 100
"""Of a name, among which those of a type are looked for."""


class TypedMatch(NamedTuple):
    """A name in a text.

    # Parameters

    start, end : `int`
        Character offsets.
    concepts : `Dict[str, Tuple[str, ...]]`
        The concepts of that name by type, at least one of them of another type than `OTHER`.
    """

    start: int
    end: int
    concepts: Dict[str, Tuple[str, ...]]

    @property
    def type(self) -> Optional[str]:
        """`None` if the name is ambiguous."""
        return next(iter(self.concepts)) if len(self.concepts) == 1 else None


class TypedDictionary:
    """
    Looks up the longest names of a knowledge base in texts (`DictionaryMatcher`), and tells of
    which type of entity each is (RELVM, section 4.1: "tag the entities with their type using a
    dictionary-based method"). A longer name of something else hides shorter ones: "insulin
    resistance" names no protein.

    # Parameters

    kb : `KnowledgeBase`
    types : `Mapping[str, Sequence[str]]`, optional (default = `DEFAULT_TYPES`)
        The types of entities, each with its semantic types in the knowledge base. A concept of
        several types is of the first one. Of the concepts with the same name and type only those of
        the earliest semantic type are given: where the disease comes before the phenotype,
        "breast cancer" is the disease.
    max_width : `int`, optional (default = `8`)
        Of a name, in words.

    Raises `ConfigurationError` for a type without semantic types, or called `OTHER`.
    """

    def __init__(
        self,
        kb: KnowledgeBase,
        types: Optional[Mapping[str, Sequence[str]]] = None,
        max_width: int = 8,
    ) -> None:
        self.types = {
            type_: tuple(its_types)
            for type_, its_types in (DEFAULT_TYPES if types is None else types).items()
        }
        for type_, its_types in (types or {}).items():
            if not its_types or isinstance(its_types, str) or type_ == OTHER:
                raise ConfigurationError(
                    f"types: {type_!r} needs a list of semantic types, and not to be {OTHER}"
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
        # Parameters

        texts : `Sequence[str]`
        contexts : `Sequence[str]`, optional (default = `texts`)
            The document that each text is from, whose abbreviations are expanded.
        with_other : `bool`, optional (default = `False`)
            Also give names of `OTHER` things alone.

        # Returns

        `List[List[TypedMatch]]`
            Of each text, in its order.
        """
        found = self._matcher.match(texts, longest_only=True, contexts=contexts)
        return [
            [match for match in map(self._typed, matches) if with_other or match.type != OTHER]
            for matches in found
        ]

    def concepts(
        self, text: str, names: Sequence[str], types: Sequence[str]
    ) -> List[Tuple[str, ...]]:
        """The concepts of names in a text whose types are known (RELVM, section 4.1:
        "type-specific term lookups"), none of what has no such name."""
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
        """Of a concept; `OTHER` if it is of none of the types."""
        return self._type_and_rank(self._kb.semantic_types([concept_id])[concept_id])[0]

    def _type_and_rank(self, semantic_types: Container[str]) -> Tuple[str, int]:
        """The type, and the place of the semantic type that makes it such."""
        for type_, wanted in self.types.items():
            for rank, semantic_type in enumerate(wanted):
                if semantic_type in semantic_types:
                    return type_, rank
        return OTHER, 0

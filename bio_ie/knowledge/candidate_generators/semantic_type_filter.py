"""Restricts the candidates of a mention by its type."""

from typing import Dict, List, Mapping, Optional, Sequence, Tuple

from allennlp.common.checks import ConfigurationError

from bio_ie.knowledge.knowledge_base import KnowledgeBase


class SemanticTypeFilter:
    """
    Restricts the candidates of a mention to concepts with the semantic types of its mention type.

    # Parameters

    kb : `KnowledgeBase`
    semantic_types : `Mapping[str, Sequence[str]]`, optional
        The semantic types for each type of mention; see the generators.

    Raises `ConfigurationError` for a mention type without any semantic type, since its mentions
    could have no candidates.
    """

    def __init__(
        self, kb: KnowledgeBase, semantic_types: Optional[Mapping[str, Sequence[str]]]
    ) -> None:
        self._kb = kb
        self._types: Dict[str, Tuple[str, ...]] = {}
        for mention_type, types in (semantic_types or {}).items():
            if not types or isinstance(types, str):
                raise ConfigurationError(
                    f"semantic_types: {mention_type!r} needs a list of types, got {types!r}"
                )
            self._types[mention_type] = tuple(sorted(set(types)))

    def types_of(self, mention_type: Optional[str]) -> Tuple[str, ...]:
        """The semantic types that candidates of a mention of this type may have; empty if they may
        have any."""
        return () if mention_type is None else self._types.get(mention_type, ())

    def allowed(self, concept_ids: Sequence[str], mention_type: Optional[str]) -> List[str]:
        """The given concepts that can be candidates of a mention of this type."""
        types = set(self.types_of(mention_type))
        if not types:
            return list(concept_ids)
        types_of = self._kb.semantic_types(concept_ids)
        return [concept_id for concept_id in concept_ids if types & set(types_of[concept_id])]

"""The background graph of a text: candidate concepts and their relations in a knowledge base."""

from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from allennlp.common import FromParams
from allennlp.common.checks import ConfigurationError

from bio_ie.knowledge.candidate_generators import CandidateGenerator, ExactCandidateGenerator
from bio_ie.knowledge.dictionary_matcher import DictionaryMatcher
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.knowledge.subgraph import Edge, Node
from bio_ie.text.document import Span

NamedConcepts = Tuple[Span, List[str]]
"""Character offsets of a stretch of text, and the concepts that it may name, likeliest first."""


class BackgroundGraph(NamedTuple):
    """A background knowledge graph (KECI, section 2.4), and where the text names its concepts."""

    matches: List[Tuple[Span, List[int]]]
    """For each stretch of text that names concepts, its character offsets and the indices of these
    concepts in `nodes`, likeliest first."""
    nodes: Tuple[Node, ...]
    """The concepts, followed by their semantic types."""
    types: Tuple[Tuple[str, ...], ...]
    """The semantic types of each node. A node that is a semantic type has itself as its type."""
    edges: Sequence[Edge]
    """Each edge in both directions; see `KnowledgeBase.subgraph`."""


class BackgroundKnowledgeBase(FromParams):
    """
    Looks up every span of a text in a knowledge base, with a `DictionaryMatcher`, and builds the
    graph of the concepts that it finds. It takes the place of MetaMap in KECI.

    # Parameters

    kb : `KnowledgeBase`
        The knowledge base that gives the graph.
    candidate_generator : `CandidateGenerator`, optional (default = `exact`, from `kb`)
        Every span is a query to this generator. It must give concepts of `kb`.
    max_width : `int`, optional (default = `8`)
        The largest number of words in a span.
    min_score : `float`, optional (default = `0.0`)
        Candidates with a lower score are left out. This is for generators that give candidates for
        every span.
    stem : `bool`, optional (default = `False`)
        Whether the default `candidate_generator` compares the stems of words, so that "cadherin"
        finds "Cadherins".
    semantic_types : `List[str]`, optional
        Candidates without any of these semantic types are left out, so that words of no interest
        ("Cell", "Method") name nothing. By default, all are taken.
    """

    def __init__(
        self,
        kb: KnowledgeBase,
        candidate_generator: Optional[CandidateGenerator] = None,
        max_width: int = 8,
        min_score: float = 0.0,
        stem: bool = False,
        semantic_types: Optional[List[str]] = None,
    ) -> None:
        if semantic_types is not None and (isinstance(semantic_types, str) or not semantic_types):
            raise ConfigurationError(f"semantic_types needs a list of types, got {semantic_types}")
        if stem and candidate_generator is not None:
            raise ConfigurationError(
                "stem is a setting of the default candidate_generator: set it in your "
                "candidate_generator instead"
            )
        self.kb = kb
        self.candidate_generator = candidate_generator or ExactCandidateGenerator(kb, stem=stem)
        self._matcher = DictionaryMatcher(self.candidate_generator, max_width)
        self._min_score = min_score
        self._semantic_types = None if semantic_types is None else frozenset(semantic_types)

    def graphs(self, texts: Sequence[str], contexts: Sequence[str]) -> List[BackgroundGraph]:
        """
        The background graph of each text.

        # Parameters

        texts : `Sequence[str]`
            All of them are looked up at once.
        contexts : `Sequence[str]`
            The document of each text, whose abbreviations are expanded.
        """
        return [self.graph(matches) for matches in self.look_up(texts, contexts)]

    def look_up(self, texts: Sequence[str], contexts: Sequence[str]) -> List[List[NamedConcepts]]:
        """The first half of `graphs`: the concepts that each text names, and where."""
        found = [
            [
                (
                    (match.start, match.end),
                    [c.concept_id for c in match.candidates if c.score >= self._min_score],
                )
                for match in matches
            ]
            for matches in self._matcher.match(texts, contexts=contexts)
        ]
        return found if self._semantic_types is None else self._of_types(found)

    def _of_types(self, found: List[List[NamedConcepts]]) -> List[List[NamedConcepts]]:
        """The matches with those of their concepts that have one of `semantic_types`."""
        assert self._semantic_types is not None
        concepts = {concept for matches in found for _, named in matches for concept in named}
        types_of = self.kb.semantic_types(sorted(concepts))
        wanted = {c for c in concepts if not self._semantic_types.isdisjoint(types_of[c])}
        return [
            [(span, [concept for concept in named if concept in wanted]) for span, named in matches]
            for matches in found
        ]

    def graph(self, matches: Sequence[NamedConcepts]) -> BackgroundGraph:
        """The second half of `graphs`: the graph of the concepts that a text names."""
        places: Dict[str, int] = {}
        placed: List[Tuple[Span, List[int]]] = []
        for span, concepts in matches:
            nodes = [places.setdefault(concept, len(places)) for concept in concepts]
            if nodes:
                placed.append((span, nodes))
        subgraph = self.kb.subgraph(list(places))
        types = self.kb.semantic_types(list(places))
        return BackgroundGraph(
            placed,
            subgraph.nodes,
            tuple(
                types[node.id] if node.kind == "concept" else (node.id,) for node in subgraph.nodes
            ),
            subgraph.edges,
        )

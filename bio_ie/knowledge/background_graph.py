"""What a knowledge base has to say about a text: candidate concepts and the graph of them."""

from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple

from allennlp.common import FromParams
from allennlp.common.checks import ConfigurationError

from bio_ie.knowledge.candidate_generators import CandidateGenerator, ExactCandidateGenerator
from bio_ie.knowledge.dictionary_matcher import DictionaryMatcher
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.knowledge.subgraph import Edge, Node
from bio_ie.text.document import Span

NamedConcepts = Tuple[Span, List[str]]
"""Character offsets of a stretch of text, and the concepts that it may name, the likeliest
first."""


class BackgroundGraph(NamedTuple):
    """A background knowledge graph (KECI, section 2.4) and where the text names its concepts."""

    matches: List[Tuple[Span, List[int]]]
    """Character offsets of each stretch of text that names a concept, and the places of these among
    the nodes, the likeliest first."""
    nodes: Tuple[Node, ...]
    """Concepts, then their semantic types."""
    types: Tuple[Tuple[str, ...], ...]
    """The semantic types of each node; a type's own is itself."""
    edges: Sequence[Edge]
    """In both directions, see `KnowledgeBase.subgraph`."""


class BackgroundKnowledgeBase(FromParams):
    """
    Looks up every span of a text, as a dictionary matcher does (`DictionaryMatcher`), and puts the
    graph of the concepts found together. It takes the place of MetaMap in KECI.

    # Parameters

    kb : `KnowledgeBase`
        Gives the graph.
    candidate_generator : `CandidateGenerator`, optional (default = `exact`, from `kb`)
        Every span is a query. Its concepts must be those of `kb`.
    max_width : `int`, optional (default = `8`)
        Of a span, in words.
    min_score : `float`, optional (default = `0.0`)
        Candidates of a lower score are left out; for generators that give every span some.
    stem : `bool`, optional (default = `False`)
        Of the default `candidate_generator`: "cadherin" finds "Cadherins".
    """

    def __init__(
        self,
        kb: KnowledgeBase,
        candidate_generator: Optional[CandidateGenerator] = None,
        max_width: int = 8,
        min_score: float = 0.0,
        stem: bool = False,
    ) -> None:
        if stem and candidate_generator is not None:
            raise ConfigurationError(
                "stem is for the default candidate_generator: give it to yours"
            )
        self.kb = kb
        generator = candidate_generator or ExactCandidateGenerator(kb, stem=stem)
        self._matcher = DictionaryMatcher(generator, max_width)
        self._min_score = min_score

    def graphs(self, texts: Sequence[str], contexts: Sequence[str]) -> List[BackgroundGraph]:
        """
        # Parameters

        texts : `Sequence[str]`
            Looked up all at once.
        contexts : `Sequence[str]`
            The document of each text, whose abbreviations count.
        """
        return [self.graph(matches) for matches in self.look_up(texts, contexts)]

    def look_up(self, texts: Sequence[str], contexts: Sequence[str]) -> List[List[NamedConcepts]]:
        """The first half of `graphs`: what each text names."""
        return [
            [
                (
                    (match.start, match.end),
                    [c.concept_id for c in match.candidates if c.score >= self._min_score],
                )
                for match in matches
            ]
            for matches in self._matcher.match(texts, contexts=contexts)
        ]

    def graph(self, matches: Sequence[NamedConcepts]) -> BackgroundGraph:
        """The second half of `graphs`: the graph of what a text names."""
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

"""The share of facts that a model could find at best, given the concepts that mentions may name."""

from collections import Counter
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Dict, Iterable, Sequence, Tuple

from allennlp.common.checks import ConfigurationError

from bio_ie.knowledge.candidate_generators import Candidate, CandidateGenerator
from bio_ie.knowledge.concept_links import ConceptLinks
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.text.counted import counted
from bio_ie.text.document import Document

ALL = "all"
"""The name of the row for all relations together."""

BATCH = 64
"""The number of documents whose candidates are looked up at once."""


@dataclass
class OracleRecall:
    """
    The share of annotated facts (document, e1, r, e2) for which some mention can be linked to e1
    and some mention to e2. It is the recall of a model that links perfectly and makes no mistake
    with relations (SNERL, Table 1). The concepts to which a mention can be linked are

    * by links: the `concept_ids` of the mention;
    * at k: the first k candidates of the mention.

    # Parameters

    ranks : `Tuple[int, ...]`
        The numbers k of candidates.
    documents : `int`
        The number of documents so far.
    facts, linked, unknown : `Counter[str]`
        Counts by relation, and for `"all"`: of the annotated facts; of the facts that can be found
        by links; and of the facts with a concept that the knowledge base does not know.
    found : `Dict[int, Counter[str]]`
        For each k, the counts of the facts that can be found at k.
    """

    ranks: Tuple[int, ...] = (1, 25)
    documents: int = 0
    facts: "Counter[str]" = field(default_factory=Counter)
    linked: "Counter[str]" = field(default_factory=Counter)
    unknown: "Counter[str]" = field(default_factory=Counter)
    found: "Dict[int, Counter[str]]" = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.ranks or min(self.ranks) < 1:
            raise ConfigurationError(f"numbers of candidates must be positive: {self.ranks}")
        self.ranks = tuple(sorted(set(self.ranks)))
        self.found = {rank: Counter() for rank in self.ranks}

    def add(
        self,
        document: Document,
        candidates: Sequence[Sequence[Candidate]],
        kb: KnowledgeBase,
    ) -> None:
        """Counts the facts of a document whose mentions have these candidates."""
        self.documents += 1
        links = ConceptLinks(document, kb)
        best_ranks: Dict[str, int] = {}
        for mention_candidates in candidates:
            for rank, candidate in enumerate(mention_candidates, 1):
                best = best_ranks.get(candidate.concept_id, rank)
                best_ranks[candidate.concept_id] = min(best, rank)
        never = max(self.ranks) + 1
        for relation, head, tail in sorted({(f.type, f.head, f.tail) for f in document.facts}):
            rows = (ALL, relation)
            head_and_tail_keys = [links.keys(concept) for concept in (head, tail)]
            self.facts.update(rows)
            if head in links and tail in links:
                self.linked.update(rows)
            if not all(any(key in kb for key in keys) for keys in head_and_tail_keys):
                self.unknown.update(rows)
            needed = max(
                min(best_ranks.get(key, never) for key in keys) for keys in head_and_tail_keys
            )
            for rank in self.ranks:
                if needed <= rank:
                    self.found[rank].update(rows)

    def to_json(self) -> Dict[str, Any]:
        """Counts and ratios by relation, the most frequent first."""
        return {
            "documents": self.documents,
            "relations": {
                relation: {
                    "facts": total,
                    "unknown": self.unknown[relation],
                    "linked": self.linked[relation],
                    "linked_recall": self.linked[relation] / total,
                    "candidates": {
                        str(rank): {
                            "found": self.found[rank][relation],
                            "recall": self.found[rank][relation] / total,
                        }
                        for rank in self.ranks
                    },
                }
                for relation, total in sorted(
                    self.facts.items(), key=lambda row: (row[0] != ALL, -row[1], row[0])
                )
            },
        }


def oracle_recall(
    documents: Iterable[Document],
    generator: CandidateGenerator,
    kb: KnowledgeBase,
    ranks: Sequence[int] = (1, 25),
) -> OracleRecall:
    """The oracle's recall of the facts of a corpus.

    # Parameters

    documents : `Iterable[Document]`
        Documents with mentions and facts. They are read in batches, so there may be any number.
    generator : `CandidateGenerator`
        Its `k` must not be smaller than the largest of `ranks`.
    kb : `KnowledgeBase`
        The knowledge base of the generator. Concepts are found by any of their ids.
    ranks : `Sequence[int]`, optional (default = `(1, 25)`)
    """
    result = OracleRecall(tuple(ranks))
    if generator.k < result.ranks[-1]:
        raise ConfigurationError(
            f"the candidate generator gives {counted(generator.k, 'candidate')}, fewer than "
            f"{result.ranks[-1]}"
        )
    remaining = iter(documents)
    while batch := list(islice(remaining, BATCH)):
        found = generator.generate_for_documents(batch)
        for document, candidates in zip(batch, found, strict=True):
            result.add(document, candidates, kb)
    return result

"""The arguments of facts as concept ids, the same ones as those of the mentions."""

from itertools import product
from typing import Any, Dict, Iterable, List, Optional, Tuple

from bio_ie.data.corpora.concept_id_notation import ConceptIdNotation
from bio_ie.data.corpora.sequence_variants import is_variant, same_variant
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.text.counted import Phrase
from bio_ie.text.document import Fact, Mention

WITHOUT_MENTION = Phrase(
    "facts have an argument that is the id of no mention",
    one="fact has an argument that is the id of no mention",
)

ENTITY_TYPES = frozenset(
    (
        "Chemical", "Disease", "Gene", "Species", "CellLine", "Chromosome",
        "Variant", "Mutation", "DNAMutation", "ProteinMutation", "SNP",
    )
)  # fmt: skip
"""The types that PubTator 3 writes before the ids of arguments (`Gene|673`)."""


class FactArguments:
    """Makes facts whose arguments are ids of the mentions of a document.

    A composite argument (`D2|D3`) becomes one fact for each of its ids, as a composite mention has
    several concept ids. A sequence variant gets the id that a mention has for the same variant.
    What the file says is kept as `metadata["arguments"]` where it differs.

    # Parameters

    ids : `ConceptIdNotation`
    mentions : `Iterable[Mention]`
        All mentions of the document.
    """

    def __init__(self, ids: ConceptIdNotation, mentions: Iterable[Mention]) -> None:
        self._ids = ids
        mentions = list(mentions)
        self._known = dict.fromkeys(id_ for mention in mentions for id_ in mention.concept_ids)
        self._types = ENTITY_TYPES.union(mention.type for mention in mentions)

    def concepts(self, notation: str) -> Tuple[str, ...]:
        """The concepts of an argument. An argument that names none is kept as it is."""
        type_, bar, rest = notation.partition("|")
        if bar and rest and type_ in self._types and type_ not in self._known:
            notation = rest
        concepts = map(self._as_mentioned, self._ids.split(notation))
        return tuple(dict.fromkeys(filter(None, concepts))) or (notation,)

    def _as_mentioned(self, concept: str) -> str:
        if concept in self._known or not is_variant(concept):
            return concept
        return same_variant(concept, self._known) or concept

    def facts(
        self,
        type_: str,
        head: str,
        tail: str,
        score: Optional[float] = None,
        metadata: Optional[Dict[str, Any]] = None,
    ) -> List[Fact]:
        """The facts of one relation of a file, whose arguments are `head` and `tail`."""
        pairs = list(product(self.concepts(head), self.concepts(tail)))
        if pairs != [(head, tail)]:
            metadata = {"arguments": [head, tail], **(metadata or {})}
        return [Fact(type_, *pair, score, metadata or None) for pair in pairs]

    def note_unknown(self, facts: Iterable[Fact], report: CorpusReport) -> None:
        """Counts the facts with an argument that is the id of no mention."""
        for fact in facts:
            if fact.head not in self._known or fact.tail not in self._known:
                report.note(WITHOUT_MENTION)

"""Sentences as words with entities among them, and the pairs of entities to look at."""

from dataclasses import dataclass
from itertools import combinations
from typing import Dict, Hashable, List, NamedTuple, Optional, Sequence, Tuple

from bio_ie.text.counted import Phrase
from bio_ie.text.document import Span

UNIDENTIFIED = Phrase(
    "pairs with an entity without identifier", one="pair with an entity without identifier"
)
SAME_IDENTIFIER = Phrase(
    "pairs of entities of the same identifier", one="pair of entities of the same identifier"
)

ENTITY_TOKEN = "<ENT>"
"""Stands for a mention in the context of a pair (RELVM, section 2)."""


class EntityMention(NamedTuple):
    """A mention of an entity in a sentence.

    # Parameters

    first, beyond : `int`
        Its words are `words[first:beyond]`.
    type : `str`
    identifier : `str`, optional (default = `""`)
        Of its concept; empty if that is not known.
    id : `str`, optional (default = `""`)
        Of the mention in its document.
    entity_id : `str`, optional (default = `""`)
        Shared by mentions that name the same thing.
    """

    first: int
    beyond: int
    type: str
    identifier: str = ""
    id: str = ""
    entity_id: str = ""


class EntityPair(NamedTuple):
    """Two entities of a sentence by the mentions that stand for them, `x` before `y`."""

    x: EntityMention
    y: EntityMention


@dataclass(frozen=True)
class EntitySentence:
    """A sentence in words, with mentions of entities.

    # Parameters

    id : `str`
        Of its document.
    words : `Sequence[str]`
    mentions : `Sequence[EntityMention]`
    text : `str`, optional
        As it is written; by default the words with a space between them.
    word_spans : `Sequence[Span]`, optional
        The words' offsets in the document; by default those in the words with a space between.
    relations : `Sequence[Tuple[str, str, str]]`
        Type, and the ids of the mentions that are head and tail; both are in the sentence.
    """

    id: str
    words: Sequence[str]
    mentions: Sequence[EntityMention]
    text: Optional[str] = None
    word_spans: Optional[Sequence[Span]] = None
    relations: Sequence[Tuple[str, str, str]] = ()

    @property
    def written(self) -> str:
        return " ".join(self.words) if self.text is None else self.text

    def span(self, mention: EntityMention) -> Span:
        """The offsets of a mention, see `word_spans`."""
        if self.word_spans is not None:
            return self.word_spans[mention.first][0], self.word_spans[mention.beyond - 1][1]
        start = sum(map(len, self.words[: mention.first])) + mention.first
        return start, start + len(self.mention_text(mention))

    def mention_text(self, mention: EntityMention) -> str:
        return " ".join(self.words[mention.first : mention.beyond])

    def context(self, pair: EntityPair) -> List[str]:
        """The words, each of the two mentions replaced by one `<ENT>` (RELVM, section 2)."""
        (x, y), words = pair, self.words
        between = words[x.beyond : y.first]
        return [*words[: x.first], ENTITY_TOKEN, *between, ENTITY_TOKEN, *words[y.beyond :]]


def entity_of(mention: EntityMention) -> Hashable:
    """Equal for mentions of one entity of a sentence: of the same `entity_id` or, where the corpus
    gives none, of the same type and identifier. A mention without either is an entity by itself."""
    if mention.entity_id:
        return "entity", mention.entity_id
    if mention.identifier:
        return mention.type, mention.identifier
    return mention.id, mention.first, mention.beyond


def entity_pairs(mentions: Sequence[EntityMention]) -> Tuple[List[EntityPair], int]:
    """One pair for every two entities of a sentence. Of entities with several mentions it has those
    that stand closest together, the first of them if several do.

    # Returns

    `Tuple[List[EntityPair], int]`
        The pairs in the order of the text; and how many entities have no pair, for all their
        mentions overlap.
    """
    entities: Dict[Hashable, List[EntityMention]] = {}
    for mention in mentions:
        entities.setdefault(entity_of(mention), []).append(mention)
    pairs = []
    num_overlapping = 0
    for one, other in combinations(entities.values(), 2):
        closest = min(
            (
                (max(a.first, b.first) - min(a.beyond, b.beyond), min(a, b), max(a, b))
                for a in one
                for b in other
                if a.beyond <= b.first or b.beyond <= a.first
            ),
            default=None,
        )
        if closest is None:
            num_overlapping += 1
        else:
            pairs.append(EntityPair(*closest[1:]))
    return sorted(pairs), num_overlapping

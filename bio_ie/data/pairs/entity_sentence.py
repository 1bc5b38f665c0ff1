"""Sentences as lists of words with mentions of entities, and the pairs of entities in them."""

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
"""The word that replaces a mention in the context of a pair (RELVM, section 2)."""


class EntityMention(NamedTuple):
    """A mention of an entity in a sentence.

    # Parameters

    first, beyond : `int`
        The words of the mention are `words[first:beyond]` of its sentence.
    type : `str`
    identifier : `str`, optional (default = `""`)
        The identifier of the concept that the mention names; empty if it is not known.
    id : `str`, optional (default = `""`)
        The id of the mention in its document.
    entity_id : `str`, optional (default = `""`)
        An id that mentions of the same thing share.
    """

    first: int
    beyond: int
    type: str
    identifier: str = ""
    id: str = ""
    entity_id: str = ""


class EntityPair(NamedTuple):
    """Two entities of a sentence, each given by one mention. `x` is before `y` in the sentence."""

    x: EntityMention
    y: EntityMention


@dataclass(frozen=True)
class EntitySentence:
    """A sentence as a list of words, with mentions of entities.

    # Parameters

    id : `str`
        The id of the sentence's document.
    words : `Sequence[str]`
    mentions : `Sequence[EntityMention]`
    text : `str`, optional
        The sentence as it is written. By default, it is the words joined by spaces.
    word_spans : `Sequence[Span]`, optional
        The offsets of the words in the document. By default, they are the offsets in the words
        joined by spaces.
    relations : `Sequence[Tuple[str, str, str]]`
        Each relation's type and the ids of the mentions that are its head and its tail. Both
        mentions are in the sentence.
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
        """The character offsets of a mention; see `word_spans`."""
        if self.word_spans is not None:
            return self.word_spans[mention.first][0], self.word_spans[mention.beyond - 1][1]
        start = sum(map(len, self.words[: mention.first])) + mention.first
        return start, start + len(self.mention_text(mention))

    def mention_text(self, mention: EntityMention) -> str:
        return " ".join(self.words[mention.first : mention.beyond])

    def context(self, pair: EntityPair) -> List[str]:
        """The words of the sentence, with each of the two mentions replaced by one `<ENT>` (RELVM,
        section 2)."""
        (x, y), words = pair, self.words
        between = words[x.beyond : y.first]
        return [*words[: x.first], ENTITY_TOKEN, *between, ENTITY_TOKEN, *words[y.beyond :]]


def entity_key(mention: EntityMention) -> Hashable:
    """A key that is equal for mentions of the same entity of a sentence. Such mentions have the
    same `entity_id` or, where the corpus gives no `entity_id`, the same type and identifier. A
    mention without either is an entity of its own."""
    if mention.entity_id:
        return "entity", mention.entity_id
    if mention.identifier:
        return mention.type, mention.identifier
    return mention.id, mention.first, mention.beyond


def entity_pairs(mentions: Sequence[EntityMention]) -> Tuple[List[EntityPair], int]:
    """One pair for every two entities of a sentence. If an entity has several mentions, the pair
    has the two mentions that stand closest together, or the first such two if there are several.

    # Returns

    `Tuple[List[EntityPair], int]`
        The pairs in the order of the text; and how many pairs of entities are left out because all
        their mentions overlap.
    """
    entities: Dict[Hashable, List[EntityMention]] = {}
    for mention in mentions:
        entities.setdefault(entity_key(mention), []).append(mention)
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

"""Pairs of entities of a corpus, related and unrelated ones, split for training and evaluation."""

import hashlib
from collections import Counter
from dataclasses import dataclass, field
from typing import AbstractSet, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple

from allennlp.common.checks import ConfigurationError

from bio_ie.data.concept_labels import label_concepts
from bio_ie.data.losses import Losses
from bio_ie.data.pairs.entity_sentence import (
    SAME_IDENTIFIER,
    UNIDENTIFIED,
    EntitySentence,
    entity_pairs,
)
from bio_ie.data.pairs.pair_tables import known_id
from bio_ie.data.pairs.relation_labels import NO_RELATION, pair_label
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.text.counted import Phrase

Pair = Tuple[str, str]
"""Two identifiers in the order of the alphabet: a pair has no direction."""

_EXCLUDED = Phrase(
    "pairs with an excluded relation were left out",
    one="pair with an excluded relation was left out",
)
_UNKNOWN_TYPES = Phrase(
    "unrelated pairs of types that no related pair has were left out",
    one="unrelated pair of types that no related pair has was left out",
)
_SEVERAL_CONCEPTS = Phrase(
    "pairs with an entity of several concepts", one="pair with an entity of several concepts"
)


def unordered(one: str, other: str) -> Pair:
    return (one, other) if one <= other else (other, one)


@dataclass
class CoOccurrence:
    """What is known of a pair that some sentence names.

    # Parameters

    entities, types : `Tuple[str, str]`
        In the order of the types, then of the identifiers.
    sentences : `int`
        How many name both.
    contexts : `List[List[str]]`
        The words of some of them, the mentions replaced by `<ENT>`.
    """

    entities: Tuple[str, str]
    types: Tuple[str, str]
    sentences: int = 0
    contexts: List[List[str]] = field(default_factory=list)


def co_occurrences(
    sentences: Iterable[EntitySentence],
    max_contexts: int = 0,
    kb: Optional[KnowledgeBase] = None,
    losses: Optional[Losses] = None,
) -> Dict[Pair, CoOccurrence]:
    """The pairs of entities that occur in a sentence together (RELVM, section 4.3: "we only
    include entity pairs that occur in at least one sentence").

    # Parameters

    sentences : `Iterable[EntitySentence]`
    max_contexts : `int`, optional (default = `0`)
        Of a pair, the words of so many sentences are kept: the first ones.
    kb : `KnowledgeBase`, optional
        See `read_pairs`.
    losses : `Losses`, optional
        Where pairs that are left out are counted, by reason.
    """
    losses = Counter() if losses is None else losses
    found: Dict[Pair, CoOccurrence] = {}
    for sentence in sentences:
        for pair in entity_pairs(sentence.mentions)[0]:
            if not all(mention.identifier for mention in pair):
                losses[UNIDENTIFIED] += 1
                continue
            if any(len(label_concepts(mention.identifier)) > 1 for mention in pair):
                losses[_SEVERAL_CONCEPTS] += 1
                continue
            typed = sorted((m.type, known_id(m.identifier, kb)) for m in pair)
            (type_x, x), (type_y, y) = typed
            if x == y:
                losses[SAME_IDENTIFIER] += 1
                continue
            item = found.setdefault(unordered(x, y), CoOccurrence((x, y), (type_x, type_y)))
            item.sentences += 1
            if len(item.contexts) < max_contexts:
                item.contexts.append(sentence.context(pair))
    return found


def labelled_pairs(
    found: Mapping[Pair, CoOccurrence],
    related: AbstractSet[Pair],
    excluded: AbstractSet[Pair] = frozenset(),
) -> Tuple[Dict[Pair, str], Losses]:
    """The class of each pair that was found: both types joined if it is related, else
    `NO-RELATION`. Left out are pairs that are excluded, related or not, and unrelated ones of two
    types that no related pair has: nothing can be learned of these but their types.

    # Returns

    `Tuple[Dict[Pair, str], Losses]`
        And how many were left out, by reason.
    """
    left_out: Losses = Counter()
    known_types = {
        item.types for pair, item in found.items() if pair in related and pair not in excluded
    }
    labels: Dict[Pair, str] = {}
    for pair, item in found.items():
        if pair in excluded:
            left_out[_EXCLUDED] += 1
        elif pair in related:
            labels[pair] = pair_label(item.types)
        elif item.types in known_types:
            labels[pair] = NO_RELATION
        else:
            left_out[_UNKNOWN_TYPES] += 1
    return labels, left_out


@dataclass(frozen=True)
class Shares:
    """Which parts of the pairs are held out.

    # Parameters

    validation, test : `float`, optional (default = `0.1`)
        Of the related and of the unrelated pairs.
    unrelated_validation, unrelated_test : `float`, optional
        Of the unrelated pairs, if it is another part.
    """

    validation: float = 0.1
    test: float = 0.1
    unrelated_validation: Optional[float] = None
    unrelated_test: Optional[float] = None

    def __post_init__(self) -> None:
        for shares in (self.related, self.unrelated):
            if not all(0 <= share < 1 for share in shares) or sum(shares) >= 1:
                raise ConfigurationError(
                    f"shares of validation and test, {shares}, leave nothing for training"
                )

    @property
    def related(self) -> Tuple[float, float]:
        return self.validation, self.test

    @property
    def unrelated(self) -> Tuple[float, float]:
        validation, test = self.unrelated_validation, self.unrelated_test
        return (
            self.validation if validation is None else validation,
            self.test if test is None else test,
        )


def split_pairs(labels: Mapping[Pair, str], shares: Shares, seed: int = 0) -> Dict[str, List[Pair]]:
    """`train`, `validation` and `test`: a pair, in whichever order, is in one of them only (paper
    5, section 4.3). What is unrelated in `train` is the pool that batches are filled from. Which
    pair goes where depends on the pairs and `seed` alone."""
    splits: Dict[str, List[Pair]] = {"train": [], "validation": [], "test": []}
    is_related = {True: shares.related, False: shares.unrelated}
    for related, (validation_share, test_share) in is_related.items():
        pairs = [pair for pair, label in labels.items() if (label != NO_RELATION) is related]
        pairs.sort(key=lambda pair: _chance(pair, seed))
        num_validation, num_test = (
            round(share * len(pairs)) for share in (validation_share, test_share)
        )
        held_out = num_validation + num_test
        splits["validation"] += pairs[:num_validation]
        splits["test"] += pairs[num_validation:held_out]
        splits["train"] += pairs[held_out:]
    return splits


def _chance(pair: Sequence[str], seed: int) -> str:
    return hashlib.sha256("\n".join([str(seed), *pair]).encode("utf-8", "replace")).hexdigest()


def pair_lines(
    pairs: Iterable[Pair], found: Mapping[Pair, CoOccurrence], labels: Mapping[Pair, str]
) -> Iterator[Dict[str, object]]:
    """The pairs as the reader `relation_pairs` takes them."""
    for pair in pairs:
        item = found[pair]
        line: Dict[str, object] = {
            "entities": list(item.entities),
            "types": list(item.types),
            "label": labels[pair],
            "sentences": item.sentences,
        }
        yield {**line, "contexts": item.contexts} if item.contexts else line

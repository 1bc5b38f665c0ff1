"""Makes labelled pairs of entities from a corpus, and splits them for training and evaluation."""

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
"""Two identifiers in alphabetical order. A pair has no direction."""

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
    """A pair of entities that at least one sentence names together.

    # Parameters

    entities, types : `Tuple[str, str]`
        The identifiers and the types of the two entities. The two are ordered by type, then by
        identifier.
    sentences : `int`
        The number of sentences that name both entities.
    contexts : `List[List[str]]`
        The words of some of these sentences, with the two mentions replaced by `<ENT>`.
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
    """The pairs of entities that occur together in a sentence (RELVM, section 4.3: "we only
    include entity pairs that occur in at least one sentence").

    # Parameters

    sentences : `Iterable[EntitySentence]`
    max_contexts : `int`, optional (default = `0`)
        The number of sentences of a pair whose words are kept: the first ones.
    kb : `KnowledgeBase`, optional
        See `read_pairs`.
    losses : `Losses`, optional
        Pairs that are left out are counted here, by reason.
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
    """The class of each pair that was found. The class of a related pair is both types joined
    (`pair_label`). The class of an unrelated pair is `NO-RELATION`.

    Excluded pairs are left out, related or not. Unrelated pairs of two types that no related pair
    has are left out too, because a model would tell them by their types alone.

    # Returns

    `Tuple[Dict[Pair, str], Losses]`
        The classes, and how many pairs were left out, by reason.
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
    """The shares of the pairs that are held out for validation and test.

    # Parameters

    validation, test : `float`, optional (default = `0.1`)
        The shares of the related pairs and of the unrelated pairs.
    unrelated_validation, unrelated_test : `float`, optional
        The shares of the unrelated pairs, if they are different.
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
    """Splits pairs into `train`, `validation` and `test`. A pair, in either order of its entities,
    is in only one of them (RELVM, section 4.3). The unrelated pairs of `train` are the pool from
    which batches are filled. Only the pairs and `seed` decide which pair is in which part."""
    splits: Dict[str, List[Pair]] = {"train": [], "validation": [], "test": []}
    is_related = {True: shares.related, False: shares.unrelated}
    for related, (validation_share, test_share) in is_related.items():
        pairs = [pair for pair, label in labels.items() if (label != NO_RELATION) is related]
        pairs.sort(key=lambda pair: _shuffling_key(pair, seed))
        num_validation, num_test = (
            round(share * len(pairs)) for share in (validation_share, test_share)
        )
        held_out = num_validation + num_test
        splits["validation"] += pairs[:num_validation]
        splits["test"] += pairs[num_validation:held_out]
        splits["train"] += pairs[held_out:]
    return splits


def _shuffling_key(pair: Sequence[str], seed: int) -> str:
    return hashlib.sha256("\n".join([str(seed), *pair]).encode("utf-8", "replace")).hexdigest()


def pair_lines(
    pairs: Iterable[Pair], found: Mapping[Pair, CoOccurrence], labels: Mapping[Pair, str]
) -> Iterator[Dict[str, object]]:
    """The pairs as JSON objects, which are the lines that the reader `relation_pairs` reads."""
    for pair in pairs:
        item = found[pair]
        line: Dict[str, object] = {
            "entities": list(item.entities),
            "types": list(item.types),
            "label": labels[pair],
            "sentences": item.sentences,
        }
        yield {**line, "contexts": item.contexts} if item.contexts else line

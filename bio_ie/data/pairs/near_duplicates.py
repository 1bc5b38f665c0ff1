"""Sentences that are almost the same."""

import math
from collections import Counter, defaultdict
from typing import Dict, FrozenSet, List, NamedTuple, Optional, Sequence

from allennlp.common.checks import ConfigurationError

from bio_ie.data.pairs.known_sentences import without_placeholders
from bio_ie.knowledge.normalization import normalize_name


class NearDuplicate(NamedTuple):
    """The most similar of some texts, by number, and its similarity."""

    place: int
    similarity: float


def near_duplicates(
    texts: Sequence[str], among: Sequence[str], threshold: float = 0.8
) -> List[Optional[NearDuplicate]]:
    """For each of `texts` the one `among` others that is most similar, the first of them if several
    are; `None` if none reaches the threshold.

    The similarity is that of Jaccard: of all words of two texts, the share that both have. Words
    are lower-cased, without punctuation; blinded arguments (`@GENE$`) are no words. That of texts
    that differ in nothing but these, and the order and number of words, is 1.

    # Parameters

    texts, among : `Sequence[str]`
    threshold : `float`, optional (default = `0.8`)
        Above 0.
    """
    if not 0 < threshold <= 1:
        raise ConfigurationError(f"threshold must be above 0 and at most 1, not {threshold}")
    wanted, others = [list(map(_words, some)) for some in (texts, among)]
    frequency = Counter(word for words in [*wanted, *others] for word in words)
    # Texts with that much in common share one of their rarest words: only these are looked up.
    by_word: Dict[str, List[int]] = defaultdict(list)
    for index, words in enumerate(others):
        for word in _rarest(words, frequency, threshold):
            by_word[word].append(index)
    result: List[Optional[NearDuplicate]] = []
    for words in wanted:
        candidates = {i for word in _rarest(words, frequency, threshold) for i in by_word[word]}
        found = [NearDuplicate(i, _similarity(words, others[i])) for i in candidates]
        result.append(
            max(
                (item for item in found if item.similarity >= threshold),
                key=lambda item: (item.similarity, -item.place),
                default=None,
            )
        )
    return result


def _words(text: str) -> FrozenSet[str]:
    return frozenset(normalize_name(" ".join(without_placeholders(text))).split())


def _rarest(words: FrozenSet[str], frequency: "Counter[str]", threshold: float) -> List[str]:
    """All but `ceil(threshold * n) - 1` of the words, the rarest ones: two texts whose similarity
    reaches the threshold have one of these in common."""
    # Rounded, so that 0.8 * 5 is 4 and no more.
    number = len(words) - math.ceil(round(threshold * len(words), 9)) + 1
    return sorted(words, key=lambda word: (frequency[word], word))[:number] if words else []


def _similarity(one: FrozenSet[str], other: FrozenSet[str]) -> float:
    return len(one & other) / len(one | other)

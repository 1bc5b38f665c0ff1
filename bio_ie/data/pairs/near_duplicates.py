"""Finds sentences that are almost the same as others."""

import math
from collections import Counter, defaultdict
from typing import Dict, FrozenSet, List, NamedTuple, Optional, Sequence

from allennlp.common.checks import ConfigurationError

from bio_ie.data.pairs.known_sentences import without_placeholders
from bio_ie.knowledge.normalization import normalize_name


class NearDuplicate(NamedTuple):
    """The most similar one of some texts: its place among them, and its similarity."""

    place: int
    similarity: float


def near_duplicates(
    texts: Sequence[str], among: Sequence[str], threshold: float = 0.8
) -> List[Optional[NearDuplicate]]:
    """For each of `texts`, the most similar one of the texts `among`. If several are equally
    similar, it is the first of them. If none reaches the threshold, it is `None`.

    The similarity is the Jaccard similarity: the share of all words of two texts that both texts
    have. Words are lower-cased, without punctuation. Blinded arguments (`@GENE$`) do not count as
    words. Two texts have similarity 1 if they differ only in blinded arguments and in the order and
    number of their words.

    # Parameters

    texts, among : `Sequence[str]`
    threshold : `float`, optional (default = `0.8`)
        The lowest similarity that counts, above 0 and at most 1.
    """
    if not 0 < threshold <= 1:
        raise ConfigurationError(f"threshold must be above 0 and at most 1, not {threshold}")
    words_of_texts, words_among = [list(map(_words, some)) for some in (texts, among)]
    frequency = Counter(word for words in [*words_of_texts, *words_among] for word in words)
    # Texts that reach the threshold share one of their rarest words, so only these are looked up.
    by_word: Dict[str, List[int]] = defaultdict(list)
    for index, words in enumerate(words_among):
        for word in _rarest(words, frequency, threshold):
            by_word[word].append(index)
    result: List[Optional[NearDuplicate]] = []
    for words in words_of_texts:
        candidates = {i for word in _rarest(words, frequency, threshold) for i in by_word[word]}
        found = [NearDuplicate(i, _similarity(words, words_among[i])) for i in candidates]
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
    """The rarest words: all of the n words but the `ceil(threshold * n) - 1` most frequent. Two
    texts whose similarity reaches the threshold have at least one of these words in common."""
    # Rounded, so that 0.8 * 5 is exactly 4.
    number = len(words) - math.ceil(round(threshold * len(words), 9)) + 1
    return sorted(words, key=lambda word: (frequency[word], word))[:number] if words else []


def _similarity(one: FrozenSet[str], other: FrozenSet[str]) -> float:
    return len(one & other) / len(one | other)

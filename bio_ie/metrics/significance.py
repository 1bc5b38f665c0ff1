"""Tests whether two systems differ by more than chance."""

from typing import Callable, Dict, Iterator, NamedTuple, Sequence, Tuple

import numpy as np

Counts = Tuple[int, int, int]
"""The correct, the predicted and the gold items of a document."""

NUM_SAMPLES = 10_000
_SEED = 13370
_LARGEST_CHUNK = 4_000_000


class Comparison(NamedTuple):
    """The comparison of two systems on the same documents."""

    better: int
    """The number of documents on which the first system scored higher."""
    worse: int
    ties: int
    p_value: float
    """The p-value of the two-sided Wilcoxon signed-rank test. It is 1 if no document differs."""


def compare(first: Sequence[float], second: Sequence[float]) -> Comparison:
    """The paired Wilcoxon signed-rank test over documents (SNERL, Tables 2 to 4). It is about the
    scores of documents. `compare_micro` is about the score of the corpus.

    # Parameters

    first, second : `Sequence[float]`
        The scores of the documents by the first and by the second system, in the same order.
    """
    from scipy.stats import wilcoxon  # slow to import, and needed for two systems only

    differences = [one - other for one, other in zip(first, second, strict=True)]
    better = sum(difference > 0 for difference in differences)
    worse = sum(difference < 0 for difference in differences)
    p_value = float(wilcoxon(differences).pvalue) if better or worse else 1.0
    return Comparison(better, worse, len(differences) - better - worse, p_value)


class Difference(NamedTuple):
    """How much higher the first system's score of a corpus is than the second one's."""

    difference: float
    low: float
    """Where its 95 % interval begins."""
    high: float
    p_value: float
    """How probable a difference of at least this size is, in either direction, if it is chance
    which system made which prediction of a document."""


def compare_micro(
    first: Sequence[Counts],
    second: Sequence[Counts],
    num_samples: int = NUM_SAMPLES,
    seed: int = _SEED,
) -> Dict[str, Difference]:
    """Compares the micro precision, recall and F1 of two systems on the same documents.

    The p-value is that of paired approximate randomisation (Yeh 2000): the predictions of each
    document are swapped between the systems or not. The interval is that of the paired bootstrap:
    documents are drawn with replacement, and the same ones for both systems. Documents with the
    same counts are drawn together, so the time depends on how many of them differ.

    # Parameters

    first, second : `Sequence[Counts]`
        The counts of each document by the first and by the second system, in the same order.
    num_samples : `int`, optional (default = `10_000`)
        The number of random swaps, and of random draws of documents.
    seed : `int`, optional (default = `13370`)

    # Returns

    `Dict[str, Difference]`
        By `precision`, `recall` and `f1`.
    """
    if len(first) != len(second):
        raise ValueError(f"the systems have {len(first)} and {len(second)} documents")
    pairs = [(*one, *other) for one, other in zip(first, second, strict=True)] or [(0,) * 6]
    # Documents of the same six counts are one row. [rows, 6], [rows]
    rows, sizes = np.unique(np.array(pairs), axis=0, return_counts=True)
    observed = _differences((sizes @ rows)[None])
    rng = np.random.default_rng(seed)
    swapped = _differences(_sums(rows, sizes, num_samples, rng, _swapped))
    drawn = _differences(_sums(rows, sizes, num_samples, rng, _drawn))
    result = {}
    for name, (value,) in observed.items():
        # Equal differences may differ by rounding.
        as_large = int((np.abs(swapped[name]) >= abs(value) - 1e-12).sum())
        low, high = np.quantile(drawn[name], [0.025, 0.975])
        result[name] = Difference(
            float(value), float(low), float(high), (as_large + 1) / (num_samples + 1)
        )
    return result


_Sampler = Callable[[np.ndarray, np.ndarray, int, np.random.Generator], np.ndarray]


def _sums(
    rows: np.ndarray,
    sizes: np.ndarray,
    num_samples: int,
    rng: np.random.Generator,
    sample: _Sampler,
) -> np.ndarray:
    """The counts of the whole corpus in each sample, `[samples, 6]`."""
    chunks = _chunks(num_samples, max(1, _LARGEST_CHUNK // len(rows)))
    return np.concatenate([sample(rows, sizes, chunk, rng) for chunk in chunks])


def _chunks(total: int, largest: int) -> Iterator[int]:
    for start in range(0, total, largest):
        yield min(largest, total - start)


def _swapped(
    rows: np.ndarray, sizes: np.ndarray, num_samples: int, rng: np.random.Generator
) -> np.ndarray:
    # How many of the documents of each row are swapped. [samples, rows]
    number = rng.binomial(sizes, 0.5, (num_samples, len(rows)))
    change = number @ (rows[:, 3:] - rows[:, :3])
    return sizes @ rows + np.concatenate([change, -change], axis=1)


def _drawn(
    rows: np.ndarray, sizes: np.ndarray, num_samples: int, rng: np.random.Generator
) -> np.ndarray:
    # How many of the documents of each row are drawn. [samples, rows]
    number = rng.multinomial(sizes.sum(), sizes / sizes.sum(), num_samples)
    return number @ rows


def _differences(sums: np.ndarray) -> Dict[str, np.ndarray]:
    """The differences between the two systems' ratios, each `[samples]`, by name."""
    first, second = (_ratios(*system.T) for system in (sums[:, :3], sums[:, 3:]))
    return {name: first[name] - second[name] for name in first}


def _ratios(correct: np.ndarray, predicted: np.ndarray, gold: np.ndarray) -> Dict[str, np.ndarray]:
    return {
        "precision": correct / np.maximum(predicted, 1),
        "recall": correct / np.maximum(gold, 1),
        "f1": 2 * correct / np.maximum(predicted + gold, 1),
    }

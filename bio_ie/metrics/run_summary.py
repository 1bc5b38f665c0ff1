"""Summarises the scores of several runs."""

import re
import statistics
from typing import Any, Dict, List, Mapping, NamedTuple, Tuple

from bio_ie.metrics.match_counts import Score

_COUNTS = ("correct", "predicted", "gold")
_RATIOS = ("precision", "recall", "f1")
_COUNT = re.compile(r"((?:.*_)?)(correct|predicted|gold)((?:/.*)?)")


class RunSummary(NamedTuple):
    """
    The scores of several runs, summarised by name.

    # Parameters

    mean : `Dict[str, float]`
    deviation : `Dict[str, float]`
        The sample standard deviation; 0 for one run.
    lowest, highest : `Dict[str, float]`
    pooled : `Dict[str, float]`
        Precision, recall and F1 of the items of all runs together, for metrics that give counts. If
        the runs are folds, these are the scores of the whole corpus.
    """

    mean: Dict[str, float]
    deviation: Dict[str, float]
    lowest: Dict[str, float]
    highest: Dict[str, float]
    pooled: Dict[str, float]


def run_summary(runs: List[Mapping[str, float]]) -> RunSummary:
    """Summarises at least one run. A score that some runs lack is left out, for example the score
    of a type that their part of the corpus does not have. A count that some runs lack is 0 for
    them."""
    names = list(dict.fromkeys(name for run in runs for name in run))
    scores = {
        name: [run[name] for run in runs]
        for name in names
        if not _COUNT.fullmatch(name) and all(name in run for run in runs)
    }
    totals = {
        name: round(sum(run.get(name, 0) for run in runs))
        for name in names
        if _COUNT.fullmatch(name)
    }
    return RunSummary(
        mean={name: statistics.fmean(values) for name, values in scores.items()},
        deviation={
            name: statistics.stdev(values) if len(values) > 1 else 0.0
            for name, values in scores.items()
        },
        lowest={name: min(values) for name, values in scores.items()},
        highest={name: max(values) for name, values in scores.items()},
        pooled=_pooled(totals),
    )


def _pooled(totals: Mapping[str, int]) -> Dict[str, float]:
    pooled: Dict[str, float] = {}
    for name in totals:
        prefix, which, suffix = _parts(name)
        names = [f"{prefix}{count}{suffix}" for count in _COUNTS]
        if which == _COUNTS[0] and totals.keys() >= set(names):
            score = Score(*(totals[count] for count in names))
            for ratio in _RATIOS:
                pooled[f"{prefix}{ratio}{suffix}"] = getattr(score, ratio)
    return pooled


def _parts(name: str) -> Tuple[str, str, str]:
    """The prefix, the count and the suffix of a name: `entity_`, `gold` and `/Drug` of
    `entity_gold/Drug`."""
    match = _COUNT.fullmatch(name)
    assert match is not None
    return match[1], match[2], match[3]


def scores_of_run(metrics: Mapping[str, Any]) -> Dict[str, float]:
    """The scores of the test data in the metrics of a training run, without losses. If there was no
    test data, the scores of the validation data at the best epoch."""
    for prefix in ("test_", "best_validation_"):
        found = {
            name.removeprefix(prefix): float(value)
            for name, value in metrics.items()
            if name.startswith(prefix)
            and isinstance(value, (int, float))
            and not name.endswith("loss")
        }
        if found:
            return found
    return {}

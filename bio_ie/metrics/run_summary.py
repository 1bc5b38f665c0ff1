"""What the scores of several runs are together."""

import re
import statistics
from typing import Any, Dict, List, Mapping, NamedTuple, Tuple

from bio_ie.metrics.match_counts import Score

_COUNTS = ("correct", "predicted", "gold")
_RATIOS = ("precision", "recall", "f1")
_COUNT = re.compile(r"((?:.*_)?)(correct|predicted|gold)((?:/.*)?)")


class RunSummary(NamedTuple):
    """
    Scores over runs, by name.

    # Parameters

    mean : `Dict[str, float]`
    deviation : `Dict[str, float]`
        The sample standard deviation; 0 for one run.
    lowest, highest : `Dict[str, float]`
    pooled : `Dict[str, float]`
        Precision, recall and F1 of all runs' items together, of metrics that count them: those of
        folds are of a corpus as a whole then.
    """

    mean: Dict[str, float]
    deviation: Dict[str, float]
    lowest: Dict[str, float]
    highest: Dict[str, float]
    pooled: Dict[str, float]


def run_summary(runs: List[Mapping[str, float]]) -> RunSummary:
    """Of at least one run. A score that some runs lack, such as that of a type which their part of
    the corpus has not, is left out; a count that they lack is 0."""
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
        mean={name: statistics.fmean(its) for name, its in scores.items()},
        deviation={
            name: statistics.stdev(its) if len(its) > 1 else 0.0 for name, its in scores.items()
        },
        lowest={name: min(its) for name, its in scores.items()},
        highest={name: max(its) for name, its in scores.items()},
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
    """`entity_`, `gold` and `/Drug` of `entity_gold/Drug`."""
    match = _COUNT.fullmatch(name)
    assert match is not None
    return match[1], match[2], match[3]


def scores_of_run(metrics: Mapping[str, Any]) -> Dict[str, float]:
    """The scores of the test part in the metrics of a training run, without losses; if there was
    none, those of the validation part at the best epoch."""
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

"""Two things measured side by side, so that whatever slows the machine slows both."""

import gc
import time
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any, Callable, List, Optional, Tuple

WARM_UP_PAIRS = 2


class NotMeasured(Exception):
    """Raised instead of a figure where something that a row needs is absent; says what."""


@dataclass(frozen=True)
class Side:
    """One of the two things.

    # Parameters

    label : `str`
        What it is, for the table.
    run : `Callable[[Any], Any]`
        What is timed, given what `prepare` returned.
    prepare : `Callable[[int], Any]`
        Gets ready, untimed, for measurement 0, 1, ...; the two sides of a pair share the number.
    """

    label: str
    run: Callable[[Any], Any]
    prepare: Callable[[int], Any]


@dataclass(frozen=True)
class Unit:
    """What the two figures of a row count.

    # Parameters

    name : `str`
        `"ms"`, or what is done in a second.
    items : `int`, optional
        How many of them a measurement does; without it the figures are milliseconds.
    """

    name: str = "ms"
    items: Optional[int] = None

    @property
    def is_rate(self) -> bool:
        return self.items is not None

    def figure(self, seconds: float) -> float:
        return 1000 * seconds if self.items is None else self.items / seconds


@dataclass(frozen=True)
class Comparison:
    """A row of the table.

    # Parameters

    row : `str`
    ours, baseline : `str`
        What was compared.
    unit : `str`
    ours_figure, baseline_figure : `float`
        Medians, in `unit`.
    ratio : `float`
        Median over pairs of ours / baseline: of times where `unit` is a time, so that less is
        better, and of rates where it is a rate, so that more is.
    ratio_quartiles : `Tuple[float, float]`
        The first and the third: half of the pairs lie between.
    pairs : `int`
    target : `str`, optional
        What the ratio should be, such as `"<= 1.15"`.
    note : `str`
        What the measured input was.
    """

    row: str
    ours: str
    baseline: str
    unit: str
    ours_figure: float
    baseline_figure: float
    ratio: float
    ratio_quartiles: Tuple[float, float]
    pairs: int
    target: Optional[str]
    note: str


def compare(
    row: str,
    ours: Side,
    baseline: Side,
    repeats: int,
    unit: Optional[Unit] = None,
    target: Optional[float] = None,
    note: str = "",
    finish: Callable[[], None] = lambda: None,
) -> Comparison:
    """Measures `repeats` pairs, of which every other one begins with the baseline.

    # Parameters

    target : `float`, optional
        The most (of a time) or the least (of a rate) that the ratio should be.
    finish : `Callable[[], None]`, optional
        Waits for the work of an asynchronous device.
    """
    unit = unit or Unit()
    pairs: List[Tuple[float, float]] = []
    for number in range(-WARM_UP_PAIRS, repeats):
        if number % 2:
            baseline_seconds = _seconds(baseline, number, finish)
            ours_seconds = _seconds(ours, number, finish)
        else:
            ours_seconds = _seconds(ours, number, finish)
            baseline_seconds = _seconds(baseline, number, finish)
        if number >= 0:
            pairs.append((unit.figure(ours_seconds), unit.figure(baseline_seconds)))
    ratios = [ours_figure / baseline_figure for ours_figure, baseline_figure in pairs]
    first, _, third = quantiles(ratios, method="inclusive") if repeats > 1 else ratios * 3
    return Comparison(
        row=row,
        ours=ours.label,
        baseline=baseline.label,
        unit=unit.name,
        ours_figure=median(figure for figure, _ in pairs),
        baseline_figure=median(figure for _, figure in pairs),
        ratio=median(ratios),
        ratio_quartiles=(first, third),
        pairs=repeats,
        target=None if target is None else f"{'>=' if unit.is_rate else '<='} {target:g}",
        note=note,
    )


def _seconds(side: Side, number: int, finish: Callable[[], None]) -> float:
    prepared = side.prepare(number)
    return seconds(lambda: side.run(prepared), finish)


def seconds(run: Callable[[], Any], finish: Callable[[], None]) -> float:
    """How long a call takes, from when the device has nothing to do until it has not again."""
    finish()
    # As `timeit` does: a collection in one of the two would be chance.
    gc.disable()
    try:
        start = time.perf_counter()
        run()
        finish()
        return time.perf_counter() - start
    finally:
        gc.enable()

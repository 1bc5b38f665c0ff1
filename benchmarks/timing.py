"""Measures two things in turn, so that anything that slows the machine slows both."""

import gc
import time
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Any, Callable, List, Optional, Tuple

WARM_UP_PAIRS = 2


class NotMeasured(Exception):
    """Raised when something that a row needs is missing. The message says what."""


@dataclass(frozen=True)
class Side:
    """One of the two things that are compared.

    # Parameters

    label : `str`
        The name of the thing in the table.
    run : `Callable[[Any], Any]`
        The function that is timed. It gets what `prepare` returned.
    prepare : `Callable[[int], Any]`
        A function that prepares measurement 0, 1, ... and is not timed. Both sides of a pair get
        the same number.
    """

    label: str
    run: Callable[[Any], Any]
    prepare: Callable[[int], Any]


@dataclass(frozen=True)
class Unit:
    """The unit of the two figures of a row.

    # Parameters

    name : `str`
        `"ms"`, or the items that are done in a second, such as `"sentences/s"`.
    items : `int`, optional
        The number of items that one measurement does. Without it, the figures are milliseconds.
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
        The labels of the two sides.
    unit : `str`
    ours_figure, baseline_figure : `float`
        The medians, in `unit`.
    ratio : `float`
        The median over pairs of ours / baseline. If `unit` is a time, it is a ratio of times, and
        less is better. If `unit` is a rate, it is a ratio of rates, and more is better.
    ratio_quartiles : `Tuple[float, float]`
        The first and the third quartile. The ratios of half of the pairs lie between them.
    pairs : `int`
    target : `str`, optional
        What the ratio should be, such as `"<= 1.15"`.
    note : `str`
        A description of the measured input.
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
    clock: Optional[Callable[[], float]] = None,
) -> Comparison:
    """Measures `repeats` pairs. Every second pair begins with the baseline.

    # Parameters

    target : `float`, optional
        The highest ratio of times, or the lowest ratio of rates, that there should be.
    finish : `Callable[[], None]`, optional
        Waits for the work of an asynchronous device.
    clock : `Callable[[], float]`, optional
        Gives seconds, by default those that pass.
    """
    unit = unit or Unit()
    pairs: List[Tuple[float, float]] = []
    for number in range(-WARM_UP_PAIRS, repeats):
        if number % 2:
            baseline_seconds = _seconds(baseline, number, finish, clock)
            ours_seconds = _seconds(ours, number, finish, clock)
        else:
            ours_seconds = _seconds(ours, number, finish, clock)
            baseline_seconds = _seconds(baseline, number, finish, clock)
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


def _seconds(
    side: Side,
    number: int,
    finish: Callable[[], None],
    clock: Optional[Callable[[], float]],
) -> float:
    prepared = side.prepare(number)
    return seconds(lambda: side.run(prepared), finish, clock)


def seconds(
    run: Callable[[], Any],
    finish: Callable[[], None],
    clock: Optional[Callable[[], float]] = None,
) -> float:
    """The seconds of a call, from a moment when the device is idle until the device is idle
    again."""
    # Looked up here and not in the signature, so that a test's clock holds.
    clock = clock or time.perf_counter
    finish()
    # As in `timeit`, because a garbage collection would hit one of the two sides by chance.
    gc.disable()
    try:
        start = clock()
        run()
        finish()
        return clock() - start
    finally:
        gc.enable()

import gc

import pytest

from benchmarks import timing
from benchmarks.timing import Side, Unit, compare


class Clock:
    """A clock whose time passes only when a side says so."""

    def __init__(self, monkeypatch):
        self.now = 0.0
        monkeypatch.setattr(timing.time, "perf_counter", lambda: self.now)

    def side(self, label, seconds, calls):
        def run(number):
            calls.append((label, number))
            self.now += seconds(number)

        def prepare(number):
            self.now += 100.0  # must not count
            return number

        return Side(label, run, prepare)


@pytest.fixture
def clock(monkeypatch):
    return Clock(monkeypatch)


def test_ratio_of_times_is_the_median_over_pairs_with_its_quartiles(clock):
    # The ratios are 1, 2, 3, 4 and 50, on a machine that gets slower all the time.
    ours = clock.side("ours", lambda number: (number + 10) * [1, 2, 3, 4, 50][number], [])
    baseline = clock.side("baseline", lambda number: number + 10, [])
    row = compare("row", ours, baseline, repeats=5, target=1.15, note="note")
    assert row.ratio == pytest.approx(3)
    assert row.ratio_quartiles == pytest.approx((2, 4))
    assert (row.unit, row.target, row.pairs, row.note) == ("ms", "<= 1.15", 5, "note")
    assert row.baseline_figure == pytest.approx(12_000)


def test_ratio_of_rates_is_above_one_where_ours_is_faster(clock):
    ours, baseline = clock.side("a", lambda _: 2.0, []), clock.side("b", lambda _: 8.0, [])
    row = compare("row", ours, baseline, repeats=1, unit=Unit("documents/s", 16), target=4)
    assert (row.ours_figure, row.baseline_figure, row.ratio) == (8.0, 2.0, 4.0)
    assert (row.unit, row.target) == ("documents/s", ">= 4")


def test_sides_take_turns_at_going_first_and_share_the_number(clock):
    calls = []
    ours, baseline = (clock.side(label, lambda _: 1.0, calls) for label in ("ours", "baseline"))
    compare("row", ours, baseline, repeats=3)
    measured = [call for call in calls if call[1] >= 0]
    assert measured == [
        ("ours", 0),
        ("baseline", 0),
        ("baseline", 1),
        ("ours", 1),
        ("ours", 2),
        ("baseline", 2),
    ]
    assert len(calls) == 2 * (3 + timing.WARM_UP_PAIRS)


def test_waits_for_the_device_before_and_after_what_is_timed(clock):
    events = []
    side = Side("x", lambda _: events.append("run"), lambda _: events.append("prepare"))
    other = Side("y", lambda _: setattr(clock, "now", clock.now + 1), lambda _: None)

    def finish():
        clock.now += 1
        events.append("finish")

    row = compare("row", side, other, repeats=1, finish=finish)
    assert "prepare finish run finish" in " ".join(events)
    assert (row.ours_figure, row.baseline_figure) == (1000.0, 2000.0)


def test_garbage_is_collected_between_measurements_only(clock):
    enabled = []
    side = Side(
        "x",
        lambda _: (enabled.append(gc.isenabled()), clock.side("", lambda _: 1.0, []).run(0)),
        lambda _: enabled.append(gc.isenabled()),
    )
    compare("row", side, side, repeats=1)
    assert enabled == [True, False] * (len(enabled) // 2)
    assert gc.isenabled()

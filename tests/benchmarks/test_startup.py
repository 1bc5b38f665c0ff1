from pathlib import Path

import pytest

from benchmarks.startup import COMMANDS, Started, StartupBenchmark
from benchmarks.timing import NotMeasured


def test_cpu_time_of_processes_is_compared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(COMMANDS, "version", Started(["--version"], beside="json", target=9.5))
    comparison = StartupBenchmark(tmp_path).command("row", "version", repeats=1)
    assert comparison.row == "row"
    assert (comparison.ours, comparison.baseline) == ("bio-ie --version", "import json")
    assert comparison.unit == "ms of CPU"
    assert comparison.ours_figure > 0
    assert comparison.baseline_figure > 0
    assert comparison.target == "<= 9.5"


def test_a_command_that_fails_is_not_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = Started(["--version"], beside="no_such_module")
    monkeypatch.setitem(COMMANDS, "version", broken)
    with pytest.raises(NotMeasured, match="ends with status 1: ModuleNotFoundError"):
        StartupBenchmark(tmp_path).command("row", "version", repeats=1)

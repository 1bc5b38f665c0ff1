"""The report of a run: the table, the machine it was made on, and both as JSON."""

import os
import platform
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Dict, List, Sequence

import torch
import transformers

from benchmarks.timing import Comparison


def machine() -> Dict[str, Any]:
    """The machine and the software that the figures depend on. `load` is the number of running
    processes before the run, which is near 0 on a machine that has nothing else to do."""
    return {
        "cpu": _cpu_model(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
        "threads": torch.get_num_threads(),
        "load": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "gpu": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "transformers": transformers.__version__,
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
    }


def _cpu_model() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            name, _, value = line.partition(":")
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()


def as_json(
    machine: Dict[str, Any], comparisons: Sequence[Comparison], skipped: Dict[str, str], quick: bool
) -> Dict[str, Any]:
    """All results, and the reasons why other rows were skipped."""
    return {
        "machine": machine,
        "quick": quick,
        "rows": [asdict(comparison) for comparison in comparisons],
        "skipped": skipped,
    }


HEADINGS = ("row", "ours", "beside", "ratio", "half of the pairs", "target", "pairs")


def as_table(comparisons: Sequence[Comparison]) -> str:
    """A Markdown table, aligned so that it is readable in a terminal too."""
    rows = [HEADINGS, *map(_cells, comparisons)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [_line(row, widths) for row in rows]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(lines)


def as_notes(comparisons: Sequence[Comparison]) -> str:
    """The measured input of each row. Rows with the same input share a line."""
    rows: Dict[str, List[str]] = {}
    for comparison in comparisons:
        rows.setdefault(comparison.note, []).append(comparison.row)
    return "\n".join(f"{', '.join(names)}: {note}" for note, names in rows.items())


def _cells(comparison: Comparison) -> "tuple[str, ...]":
    low, high = comparison.ratio_quartiles
    return (
        comparison.row,
        f"{comparison.ours}: {_figure(comparison.ours_figure)} {comparison.unit}",
        f"{comparison.baseline}: {_figure(comparison.baseline_figure)} {comparison.unit}",
        f"{comparison.ratio:.3f}",
        f"{low:.3f} to {high:.3f}",
        comparison.target or "",
        str(comparison.pairs),
    )


def _figure(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = (cell.ljust(width) for cell, width in zip(cells, widths, strict=True))
    return f"| {' | '.join(padded)} |"

"""Measures the CPU time that commands of `bio-ie` take until they begin with their work."""

import os
import resource
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, List, Optional

from benchmarks.timing import Comparison, NotMeasured, Side, Unit, compare

CHECKOUT = Path(__file__).resolve().parent.parent
_DOCUMENTS = "fixtures/corpora/facts/documents.jsonl"
_COMMON = "allennlp.common"
_COMMANDS = "allennlp.commands"


@dataclass(frozen=True)
class Started:
    """A command, and what its start is compared with.

    # Parameters

    arguments : `List[str]`
        `{folder}` stands for a folder for output.
    beside : `str`
        The module whose import alone is measured beside it.
    target : `float`, optional
        The highest ratio that there should be.
    status : `int`, optional (default = `0`)
        The exit status. Commands that would take long by their work fail when they begin with it.
    """

    arguments: List[str]
    beside: str = _COMMON
    target: Optional[float] = 1.2
    status: int = 0


COMMANDS: Dict[str, Started] = {
    "version": Started(["--version"], target=None),
    "help": Started(["--help"], target=None),
    "convert": Started(
        ["convert", _DOCUMENTS, "{folder}/out.jsonl", "--from", "jsonl", "--to", "jsonl"]
    ),
    "render": Started(["render", _DOCUMENTS, "--output", "{folder}/page.html"]),
    "score": Started(["score", _DOCUMENTS, _DOCUMENTS]),
    "facts": Started(["facts", _DOCUMENTS, "--output", "{folder}/facts.tsv"]),
    "train": Started(
        [
            *("train", "fixtures/models/joint_ner_re.jsonnet", "-s", "{folder}/run", "-f"),
            *("-o", '{"train_data_path": "missing.jsonl"}'),
        ],
        _COMMANDS,
        status=1,
    ),
    "predict": Started(
        [
            *("predict", "fixtures/archives/joint_ner_re/model.tar.gz", "missing.jsonl"),
            *("--from", "jsonl"),
        ],
        _COMMANDS,
        status=1,
    ),
}
"""The commands that are measured, by the names of their rows."""


class StartupBenchmark:
    """Measures whole processes, with the CPU time of the user and of the system.

    # Parameters

    folder : `Path`
        For what commands write.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def command(self, row: str, name: str, repeats: int) -> Comparison:
        """Compares a command with the import of a module, which the command needs anyway."""
        started = COMMANDS[name]
        arguments = [part.replace("{folder}", str(self._folder)) for part in started.arguments]
        ours = Side(f"bio-ie {arguments[0]}", self._run_command, lambda _: (arguments, started))
        baseline = Side(f"import {started.beside}", self._run_import, lambda _: started.beside)
        return compare(
            row,
            ours,
            baseline,
            repeats,
            Unit("ms of CPU"),
            started.target,
            note="whole processes",
            clock=_seconds_of_children,
        )

    def _run_command(self, prepared: Any) -> None:
        arguments, started = prepared
        _run(["-m", "bio_ie", *arguments], started.status)

    def _run_import(self, module: str) -> None:
        _run(["-c", f"import {module}"], 0)


def _run(arguments: List[str], status: int) -> None:
    path = os.pathsep.join([str(CHECKOUT), *filter(None, [os.environ.get("PYTHONPATH")])])
    result = subprocess.run(
        [sys.executable, *arguments],
        cwd=CHECKOUT,
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
    )
    if result.returncode != status:
        last = "".join(result.stderr.splitlines()[-1:])
        raise NotMeasured(f"{arguments} ends with status {result.returncode}: {last}")


def _seconds_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime

"""Runs commands of `bio-ie` in processes of their own, which tests can send signals to.

One process imports the package once, and each command is forked from it.
"""

import importlib
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import Callable, List

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60
"""The seconds after which a command is taken to hang."""


def wait_for(condition: Callable[[], bool], patience: float = PATIENCE) -> None:
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.02)


class Command:
    """A command that runs in a process of its own."""

    def __init__(self, server: "CommandServer", pid: int, folder: Path) -> None:
        self._server = server
        self._folder = folder
        self.pid = pid

    @property
    def out(self) -> str:
        return (self._folder / "out").read_text()

    @property
    def err(self) -> List[str]:
        """The lines on standard error, without those of AllenNLP's log."""
        lines = (self._folder / "err").read_text().splitlines()
        return [line for line in lines if " - INFO - " not in line and line.strip()]

    def kill(self, number: int) -> None:
        os.kill(self.pid, number)

    def wait(self) -> int:
        """The exit status, which is negative if a signal has ended the process."""
        return self._server.ask({"wait": self.pid})


class CommandServer:
    """The process that starts commands.

    # Parameters

    folder : `Path`
        A folder for what commands print.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def start(self, *arguments: object) -> Command:
        self._count += 1
        folder = self._folder / f"command{self._count}"
        folder.mkdir()
        pid = self.ask({"start": ["bio-ie", *map(str, arguments)], "folder": str(folder)})
        return Command(self, pid, folder)

    def ask(self, request: object) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()


def _serve() -> None:
    from allennlp.common.plugins import import_plugins

    from bio_ie.startup.parts import PARTS

    import_plugins()
    for modules in PARTS.values():
        for module in modules.values():
            importlib.import_module(module)

    for line in sys.stdin:
        request = json.loads(line)
        if "wait" in request:
            print(_exit_status(request["wait"]), flush=True)
            continue
        pid = os.fork()
        if pid == 0:
            # Background jobs of a shell, which tests can be, ignore SIGINT.
            signal.signal(signal.SIGINT, signal.default_int_handler)
            _run(request["start"], Path(request["folder"]))
        print(pid, flush=True)


def _exit_status(pid: int) -> int:
    end = time.monotonic() + PATIENCE
    while True:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() > end:
            os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)


def _run(argv: List[str], folder: Path) -> None:
    from bio_ie.__main__ import run

    for number, name in ((0, os.devnull), (1, folder / "out"), (2, folder / "err")):
        os.dup2(os.open(name, os.O_RDWR | os.O_CREAT), number)
    sys.argv = argv
    status = 0
    try:
        run()
    except SystemExit as error:
        status = error.code if isinstance(error.code, int) else 1
    except BaseException:
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    _serve()

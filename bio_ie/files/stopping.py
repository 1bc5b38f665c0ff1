"""Ends a command that is told to stop (SIGTERM, or SIGINT from Ctrl-C) with one line and the status
that shells expect: 143 or 130.

Only the command line installs the handlers; see `install`. What they raise is a `SystemExit`, which
no `except Exception` takes for the fault of a document.
"""

import contextlib
import itertools
import multiprocessing
import os
import signal
import threading
from pathlib import Path
from types import FrameType
from typing import Iterable, Iterator, NoReturn, Optional, TypeVar

T = TypeVar("T")

_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Stopped(SystemExit):
    """Raised where the program is when it is told to stop."""


class Interrupted(Stopped, KeyboardInterrupt):
    """The same for SIGINT. AllenNLP's `train` then makes an archive of the best epoch."""


class _State:
    process: Optional[int] = None
    """The process that installed the handlers; not one that was forked from it."""
    is_starting = False
    """Whether the program is still importing what it needs."""
    signal: Optional[int] = None
    """The signal that has come."""
    is_finishing = False
    """Whether the first signal only asks to finish what is at hand."""
    is_waiting = False
    """Whether the program waits for input, which may never come."""
    hint = ""
    partial: Optional[Path] = None
    """The name that the last incomplete output got."""


_state = _State()


def install(is_starting: bool = False) -> None:
    """Installs the handlers, if this is the main thread of a process that the user has started.

    While the program is starting, a signal ends it without an exception. Some libraries would
    catch that when they try whether an import works, and the program would go on.

    A signal that the process ignores from the start, such as SIGINT for a background job of a
    shell, stays ignored.
    """
    if multiprocessing.parent_process() is not None:
        return
    if threading.current_thread() is not threading.main_thread():
        return
    _state.process = os.getpid()
    _state.is_starting = is_starting
    for number in _SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _handle)


def set_hint(hint: str) -> None:
    """Sets what the line says after "stopped by SIGTERM", such as how to go on."""
    _state.hint = hint


def _handle(number: int, frame: Optional[FrameType]) -> None:
    if os.getpid() != _state.process:  # a worker: it ends as it would without handlers
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
        return
    is_first = _state.signal is None
    _state.signal = number
    if _state.is_starting:
        _tell("")
        os._exit(128 + number)
    if is_first and _state.is_finishing:
        if _state.is_waiting:
            raise _stopped(number)
        return
    for child in multiprocessing.active_children():
        child.terminate()  # or else Python waits for the workers of distributed training
    _tell(_state.hint)
    raise _stopped(number)


def _stopped(number: int) -> Stopped:
    return (Interrupted if number == signal.SIGINT else Stopped)(128 + number)


def _tell(hint: str) -> None:
    line = f"stopped by {signal.Signals(_state.signal or signal.SIGTERM).name}"
    # Not print: the signal may have come while something else was being printed.
    os.write(2, f"{line}{': ' if hint else ''}{hint}\n".encode())


@contextlib.contextmanager
def finishing() -> Iterator[None]:
    """A context manager in which the first signal does not end the command at once. Streams of
    `until_stopped` end, and so what was read is processed and written. A second signal does."""
    _state.is_finishing = True
    try:
        yield
    finally:
        _state.is_finishing = False


def until_stopped(inputs: Iterable[T]) -> Iterator[T]:
    """The items of `inputs`. Inside of `finishing`, they end when a signal comes, even if the next
    item is being waited for."""
    stream = iter(inputs)
    while not is_stopped():
        try:
            _state.is_waiting = True
            item = next(stream)
            _state.is_waiting = False
        except (StopIteration, Stopped):
            return
        finally:
            _state.is_waiting = False
        yield item


def is_stopped() -> bool:
    """Whether a signal has come, and what is at hand is being finished."""
    return _state.is_finishing and _state.signal is not None


def exit_if_stopped() -> None:
    """Ends the program with the status of the signal, if one has come. For the end of a command
    that something kept from stopping."""
    if _state.signal is not None:
        raise _stopped(_state.signal)


def exit_stopped(what: str) -> NoReturn:
    """Ends the command after it has finished what was at hand. `what` says what that is."""
    place = "" if _state.partial is None else f", which are in {_state.partial}"
    _tell(f"{what}{place}")
    raise _stopped(_state.signal or signal.SIGTERM)


def final_name(path: Path) -> Path:
    """The name for a complete output: `path`. If the command was stopped, the output has what was
    finished until then, and gets the name `partial-NAME`, or `partial-2-NAME` and so on if that
    is taken."""
    if not is_stopped():
        return path
    names = (f"partial-{number}-{path.name}" for number in itertools.count(2))
    for name in itertools.chain([f"partial-{path.name}"], names):
        _state.partial = path.with_name(name)
        if not _state.partial.exists():
            break
    return _state.partial or path

"""Tells errors that a wrong value in a config causes from bugs.

AllenNLP and torch check few of the values that a config gives them. A value of the wrong type fails
where it is first used, as an ordinary `TypeError` or `AttributeError`.
"""

from types import FrameType
from typing import Iterator, Optional

_BUILDING = ("allennlp.common.from_params", "allennlp.common.lazy")
_READING = (
    *_BUILDING,
    "allennlp.commands.train",
    "allennlp.common.params",
    "allennlp.common.registrable",
    "allennlp.models.archival",
)
_ORDINARY = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)


def config_error(error: Exception) -> Optional[str]:
    """A message for the user, if `error` was raised because of a wrong value in a config: while
    AllenNLP took values from it, or while it built a part. `None` for other errors.

    Building a data loader can read the whole corpus. Errors of reading are not those of a config.
    """
    if not isinstance(error, _ORDINARY):
        return None
    frames = list(_frames(error))
    places = [frame.f_globals.get("__name__", "") for frame in frames]
    built = max((at for at, place in enumerate(places) if place in _BUILDING), default=None)
    if places and places[-1] in _READING:
        built = len(places) - 1 if built is None else built
    if built is None or any(
        frame.f_code.co_name == "iter_instances" for frame in frames[built + 1 :]
    ):
        return None
    last = frames[-1]
    reason = " ".join(str(error).split())
    if last.f_code.co_name == "pop_choice":
        reason = f"{last.f_locals['key']!r} must be a name, not {last.f_locals['value']!r}"
    elif not isinstance(error, (TypeError, ValueError)) or not reason:
        reason = f"{type(error).__name__}: {reason}"
    return f"a setting of {_part(frames[: built + 1])} in the config is wrong: {reason}"


def _frames(error: Exception) -> Iterator[FrameType]:
    trace = error.__traceback__
    while trace is not None:
        yield trace.tb_frame
        trace = trace.tb_next


def _part(frames: "list[FrameType]") -> str:
    """The class that was being built."""
    for frame in reversed(frames):
        cls = frame.f_locals.get("cls")
        if frame.f_globals.get("__name__") in _BUILDING and isinstance(cls, type):
            return cls.__name__
    return "the experiment"

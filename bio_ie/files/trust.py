"""Whether archives of models may run code: the option `--trust`, and its environment variable."""

import contextlib
import os
from typing import Iterator

from allennlp.common.checks import ConfigurationError

VARIABLE = "BIO_IE_TRUST_ARCHIVES"
"""The processes that a command starts, such as the workers of distributed training, see it too."""

_UNPICKLING = "TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD"
"""The variable of torch that lets `torch.load` read any pickle."""


class UntrustedArchiveError(ConfigurationError):
    """Raised for an archive that could run code when it is loaded, or that names other files.

    # Parameters

    archive_file : `str`
        The archive, as the user named it.
    reason : `str`
        What the archive does, as the predicate of a sentence.
    """

    def __init__(self, archive_file: str, reason: str) -> None:
        super().__init__(
            f"{archive_file} is refused: it {reason}. If you trust it, allow it with --trust "
            f"(without bio-ie: {VARIABLE}=1)"
        )


def is_trusted() -> bool:
    """Whether the user trusts all archives that this process loads."""
    return os.environ.get(VARIABLE, "") not in ("", "0")


@contextlib.contextmanager
def trusting(trust: bool) -> Iterator[None]:
    """A context manager in which archives are loaded without checks, if `trust` is true. Pickles
    are read as well."""
    if not trust:
        yield
        return
    before = {name: os.environ.get(name) for name in (VARIABLE, _UNPICKLING)}
    os.environ.update(dict.fromkeys(before, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

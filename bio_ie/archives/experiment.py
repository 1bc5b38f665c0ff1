"""The experiment that a part is built for: its config, in training and when an archive is loaded.

AllenNLP builds each part from its own section of the config alone. A part that has to know more
gets `serialization_dir`, and finds the whole config there.
"""

import contextlib
import os
from contextvars import ContextVar
from typing import Any, Iterator, Mapping, NamedTuple, Optional

from bio_ie.archives.archive_config import CONFIG_NAME, read_config

_loaded: ContextVar[Optional[Mapping[str, Any]]] = ContextVar("loaded_config", default=None)


class Experiment(NamedTuple):
    """A config, and what it is used for."""

    config: Mapping[str, Any]
    """With the changes of `--overrides`."""
    is_trained: bool
    """Whether an archive of the experiment is loaded; otherwise its training begins."""


def experiment_of(serialization_dir: Optional[str]) -> Optional[Experiment]:
    """The experiment that a part with this `serialization_dir` is built for; `None` if the part is
    built by itself, in Python."""
    loaded = _loaded.get()
    if loaded is not None:
        return Experiment(loaded, is_trained=True)
    # AllenNLP writes the config before it builds anything of it.
    path = os.path.join(serialization_dir or "", CONFIG_NAME)
    if serialization_dir is None or not os.path.isfile(path):
        return None
    return Experiment(read_config(path, str(serialization_dir)), is_trained=False)


@contextlib.contextmanager
def loading(config: Mapping[str, Any]) -> Iterator[None]:
    """A context manager in which the parts of an archive with this config are built."""
    token = _loaded.set(config)
    try:
        yield
    finally:
        _loaded.reset(token)

"""Prints errors of users in one line instead of a traceback."""

import logging
import re
import sys
import tarfile
from contextlib import contextmanager
from typing import Iterator, List, NoReturn, Optional

from allennlp.common.checks import ConfigurationError
from allennlp.data.data_loaders.multiprocess_data_loader import WorkerError

from bio_ie.commands.config_errors import config_error
from bio_ie.files.corpus_error import CorpusError
from bio_ie.knowledge.concept_embeddings import ConceptVectorsError
from bio_ie.knowledge.knowledge_base_file import KnowledgeBaseError
from bio_ie.text.document import DocumentError
from bio_ie.training.part_check import ConfigProblems

logger = logging.getLogger(__name__)

_USERS = (
    CorpusError,
    DocumentError,
    KnowledgeBaseError,
    ConceptVectorsError,
    ConfigurationError,
    OSError,
    tarfile.TarError,
)

_JSONNET = ("STATIC ERROR:", "RUNTIME ERROR:")


@contextmanager
def user_errors() -> Iterator[None]:
    """A context manager in which wrong settings, wrong data and missing files end the command with
    `error: ...` on standard error and status 1. The traceback is logged at level DEBUG
    (`ALLENNLP_DEBUG=1`).

    Any other exception is a bug, and keeps its traceback.
    """
    try:
        yield
    except _USERS as error:
        _exit(error)
    except WorkerError as error:
        message = _worker_message(error)
        if message is None:
            raise
        _exit(error, message)
    except Exception as error:
        # The errors of jsonnet have no class of their own.
        if isinstance(error, RuntimeError) and str(error).startswith(_JSONNET):
            _exit(error, *jsonnet_problems(str(error)))
        message = config_error(error)
        if message is None:
            raise
        _exit(error, message)


def _worker_message(error: WorkerError) -> Optional[str]:
    """The message of an error of users that was raised in a process that loads data. `None` if it
    is another error. Such an error arrives as the text of its traceback, without its class."""
    found = list(re.finditer(r"^ *([\w.]+(?:Error|Problems)): ", str(error), re.MULTILINE))
    names = {_full_name(cls) for known in _USERS for cls in _with_subclasses(known)}
    if not found or found[-1][1] not in names:
        return None
    return str(error)[found[-1].end() :]


def _with_subclasses(cls: type) -> Iterator[type]:
    yield cls
    subclass: type
    for subclass in cls.__subclasses__():
        yield from _with_subclasses(subclass)


def _full_name(cls: type) -> str:
    """The name of a class, as a traceback has it."""
    is_builtin = cls.__module__ == "builtins"
    return cls.__qualname__ if is_builtin else f"{cls.__module__}.{cls.__qualname__}"


def jsonnet_problems(message: str) -> List[str]:
    """What an error of jsonnet says, without the places in the files that it came through. It names
    the first place, unless that is in the checks of settings, which say themselves what is
    wrong."""
    told, *places = message.split("\n\t")
    told = re.sub("^(STATIC|RUNTIME) ERROR: ", "", told).strip()
    place = next((place for place in places if re.search(r"sonnet:\(?\d", place)), "")
    if not place or "settings.libsonnet" in place:
        return told.splitlines()
    return [f"{told} ({place.split()[0]})"]


def _exit(error: Exception, *messages: str) -> NoReturn:
    logger.debug("the command failed", exc_info=error)
    for message in messages or _messages(error):
        print(f"error: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(1)


def _messages(error: Exception) -> List[str]:
    if isinstance(error, ConfigProblems):
        return error.problems
    # The str() of a ConfigurationError is the repr of its message.
    told = error.message if isinstance(error, ConfigurationError) else str(error)
    if isinstance(error, ConfigurationError):
        # AllenNLP goes on with advice for parts from other packages.
        told = re.split(r"\s*(?:If your registered class|You should either use)\b", told)[0]
    if isinstance(error, tarfile.ReadError):
        # The message goes on with all kinds of archives that the file could have been.
        told = f"not the archive of a model: {told.splitlines()[0].rstrip(':')}"
    return [told]

"""Prints errors of users in one line instead of a traceback."""

import logging
import sys
import tarfile
from contextlib import contextmanager
from typing import Iterator, NoReturn

from allennlp.common.checks import ConfigurationError

from bio_ie.commands.config_errors import config_error
from bio_ie.files.corpus_error import CorpusError
from bio_ie.knowledge.concept_embeddings import ConceptVectorsError
from bio_ie.knowledge.knowledge_base_file import KnowledgeBaseError
from bio_ie.text.document import DocumentError

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
    except Exception as error:
        # The errors of jsonnet have no class of their own.
        if isinstance(error, RuntimeError) and str(error).startswith(_JSONNET):
            _exit(error)
        message = config_error(error)
        if message is None:
            raise
        _exit(error, message)


def _exit(error: Exception, message: str = "") -> NoReturn:
    logger.debug("the command failed", exc_info=error)
    # The str() of a ConfigurationError is the repr of its message.
    told = error.message if isinstance(error, ConfigurationError) else str(error)
    if isinstance(error, tarfile.ReadError):
        # The message goes on with all kinds of archives that the file could have been.
        told = f"not the archive of a model: {told.splitlines()[0].rstrip(':')}"
    print(f"error: {' '.join((message or told).split())}", file=sys.stderr)
    sys.exit(1)

"""Prints errors of users in one line instead of a traceback."""

import logging
import sys
import tarfile
from contextlib import contextmanager
from typing import Iterator

from allennlp.common.checks import ConfigurationError

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
    except RuntimeError as error:
        # The errors of jsonnet have no class of their own.
        if not str(error).startswith(("STATIC ERROR:", "RUNTIME ERROR:")):
            raise
        _exit(error)


def _exit(error: Exception) -> None:
    logger.debug("the command failed", exc_info=error)
    # The str() of a ConfigurationError is the repr of its message.
    message = error.message if isinstance(error, ConfigurationError) else str(error)
    if isinstance(error, tarfile.ReadError):
        # The message goes on with all kinds of archives that the file could have been.
        message = f"not the archive of a model: {message.splitlines()[0].rstrip(':')}"
    print(f"error: {' '.join(message.split())}", file=sys.stderr)
    sys.exit(1)

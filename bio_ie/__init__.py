"""Biomedical information extraction with AllenNLP. Importing the package makes its parts known to
AllenNLP. Their modules are imported when they are needed."""

from typing import TYPE_CHECKING

from bio_ie.environment import check_environment, is_command_line
from bio_ie.files.stopping import install
from bio_ie.startup.lazy_exports import lazy_exports
from bio_ie.startup.plugin import prepare_allennlp

if is_command_line():
    install(is_starting=True)  # before the imports of a command, which take seconds
check_environment()
prepare_allennlp()

if TYPE_CHECKING:
    from bio_ie.api.annotating import annotate
    from bio_ie.api.corpora import read, write
    from bio_ie.api.linking import link
    from bio_ie.api.loaded_model import LoadedModel, PredictionError
    from bio_ie.api.loading import load
    from bio_ie.api.scoring import score
    from bio_ie.text.document import Document
else:
    __getattr__ = lazy_exports(__name__)

__all__ = [
    "Document",
    "LoadedModel",
    "PredictionError",
    "annotate",
    "link",
    "load",
    "read",
    "score",
    "write",
]

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

if not TYPE_CHECKING:
    __getattr__ = lazy_exports(__name__)

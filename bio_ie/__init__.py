"""Biomedical information extraction with AllenNLP. Importing the package registers its parts."""

from importlib import import_module

from bio_ie.environment import check_environment, is_command_line
from bio_ie.files.stopping import install

if is_command_line():
    install(is_starting=True)  # before the imports below, which take seconds
check_environment()

# Import statements would run before the check, whose error names what is missing.
for _floor in (
    "archives",
    "text",
    "knowledge",
    "data",
    "metrics",
    "modules",
    "models",
    "training",
    "predictors",
    "commands",
):
    import_module(f"bio_ie.{_floor}")

import_module("bio_ie.strict_settings").be_strict()
import_module("bio_ie.files.config_imports").install()

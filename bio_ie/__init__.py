"""Biomedical information extraction with AllenNLP. Importing the package registers its parts."""

from bio_ie.environment import check_environment

check_environment()

# Data first: its readers and `knowledge`, which reads documents, import each other.
from bio_ie import data  # noqa: E402, I001
from bio_ie import commands, knowledge, metrics, models, modules, predictors, training  # noqa: E402

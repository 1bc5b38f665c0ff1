"""Biomedical information extraction with AllenNLP. Importing the package registers its parts."""

from bio_ie.environment import check_environment

check_environment()

from bio_ie import commands, data, knowledge, metrics, models, modules, predictors, training  # noqa: E402

"""Replaces functions of AllenNLP's by functions of this package.

The modules of ours are imported when the functions are called, since they need much of AllenNLP
themselves. Each of them gets the original function as its first argument.
"""

import functools
import importlib
import inspect
import sys
from typing import Any, Callable

REPLACEMENTS = {
    "allennlp.common.from_params": {
        "construct_arg": "bio_ie.strict_settings:construct_strictly",
        "create_kwargs": "bio_ie.strict_settings:create_strictly",
        "pop_and_construct_arg": "bio_ie.startup.arguments:pop_and_construct",
    },
    "allennlp.common.params": {
        "evaluate_file": "bio_ie.files.config_imports:evaluate",
        "evaluate_snippet": "bio_ie.files.config_imports:evaluate",
    },
    "allennlp.commands.train": {
        "TrainModel.from_params": "bio_ie.training.checked_experiments:experiment_from_params",
    },
    "allennlp.models.archival": {
        "cached_path": "bio_ie.archives.guarded_loading:checked_path",
        "extracted_archive": "bio_ie.archives.guarded_loading:extracted_archive",
        "_load_dataset_readers": "bio_ie.archives.guarded_loading:built_readers",
        "_load_model": "bio_ie.archives.guarded_loading:built_model",
    },
}
"""The functions and class methods of each module that are replaced, and what replaces them."""


def replace_functions(module: str) -> None:
    """Replaces the functions of a module, which must be imported."""
    for path, ours in REPLACEMENTS[module].items():
        *owners, name = path.split(".")
        owner = functools.reduce(getattr, owners, sys.modules[module])
        original = getattr(owner, name)
        if inspect.isclass(owner):
            setattr(owner, name, classmethod(_calling(ours, original.__func__)))
        else:
            setattr(owner, name, _calling(ours, original))


def _calling(ours: str, original: Callable[..., Any]) -> Callable[..., Any]:
    module, _, name = ours.partition(":")

    @functools.wraps(original)
    def call(*arguments: Any, **options: Any) -> Any:
        return getattr(importlib.import_module(module), name)(original, *arguments, **options)

    return call

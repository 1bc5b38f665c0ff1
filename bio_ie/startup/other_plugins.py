"""Tells whether AllenNLP has other plugins than this one, which may have commands of their own."""

from importlib.util import find_spec
from pathlib import Path
from typing import Set

DEFAULT_PLUGINS = ("allennlp_models", "allennlp_semparse", "allennlp_server")
"""The plugins that AllenNLP loads wherever they are installed."""


def other_plugins() -> Set[str]:
    """The names of other plugins: those that are installed, and those that are named in the files
    that AllenNLP reads."""
    plugins = {name for name in DEFAULT_PLUGINS if find_spec(name) is not None}
    for file in (Path(".allennlp_plugins"), Path.home() / ".allennlp" / "plugins"):
        if file.is_file():
            plugins.update(filter(None, map(str.strip, file.read_text().splitlines())))
    return plugins - {"bio_ie"}

"""A config with some of its settings changed, such as `fold` or `seed`."""

import json
import os
from typing import Any, Dict, Mapping

import _jsonnet
from allennlp.common.checks import ConfigurationError

from bio_ie.files.config_imports import import_config


def chosen_config(config: str, settings: Mapping[str, int]) -> Dict[str, Any]:
    """
    Evaluates a config as AllenNLP does, after some of its settings are changed.

    # Parameters

    config : `str`
        A jsonnet file that evaluates to an object.
    settings : `Mapping[str, int]`
        The settings and their values, as in `{"fold": 3}` for `fold:: 3`.

    Raises `ConfigurationError` if there is no such file, or if the config does not have a setting,
    and jsonnet's `RuntimeError` for what is wrong in it.
    """
    path = os.path.abspath(config)
    if not os.path.isfile(path):
        raise ConfigurationError(f"there is no file {config!r}")
    changes = ", ".join(f"{name}:: {value}" for name, value in settings.items())
    snippet = f"""
        local config = import {json.dumps(path)};
        local has(name) = std.objectHasAll(config, name);
        local missing = [name for name in {json.dumps(list(settings))} if !has(name)];
        [missing, if missing == [] then config {{ {changes} }}]
    """
    text = _jsonnet.evaluate_snippet(
        config, snippet, ext_vars=dict(os.environ), import_callback=import_config
    )
    missing, chosen = json.loads(text)
    if missing:
        raise ConfigurationError(
            f"{config} has no setting {missing[0]!r}, which is written like `{missing[0]}:: 0`"
        )
    return dict(chosen)

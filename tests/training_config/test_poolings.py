"""Poolings in the configs: by object or by name, with a learning rate for the temperature."""

import json
import re
from pathlib import Path
from typing import Any, Dict, List

import _jsonnet
import pytest

import bio_ie  # noqa: F401 - registers what the configs name
from bio_ie.modules.poolings import Pooling

FOLDER = Path(__file__).resolve().parents[2] / "training_config"


def evaluate(expression: str) -> Dict[str, Any]:
    text = _jsonnet.evaluate_snippet(str(FOLDER / "snippet.jsonnet"), expression)
    config: Dict[str, Any] = json.loads(text)
    return config


def temperature_groups(config: Dict[str, Any]) -> List[Any]:
    groups = config["trainer"]["optimizer"]["parameter_groups"]
    return [group for group in groups if any(re.search(x, "x.log_temperature") for x in group[0])]


SETTINGS = {"snerl/bc5cdr": "pooling", "keci/biorelex": "name_pooling"}


@pytest.mark.parametrize("config, setting", SETTINGS.items())
@pytest.mark.parametrize("name", sorted(Pooling.list_available()))
def test_a_pooling_is_an_object_or_a_name(config: str, setting: str, name: str) -> None:
    changed = f"(import '{config}.jsonnet') {{ {setting}:: %s }}"
    by_object = evaluate(changed % f"{{ type: '{name}' }}")
    by_name = evaluate(changed % f"'{name}'")
    assert by_name["model"][setting] == name
    assert by_object["model"][setting] == {"type": name}
    by_name["model"][setting] = by_object["model"][setting]
    assert by_name == by_object
    rates = [options["lr"] for _, options in temperature_groups(by_name)]
    assert rates == ([0.01] if name == "smax" else [])


@pytest.mark.parametrize("config, setting", SETTINGS.items())
def test_learning_rate_of_the_temperature_needs_smax(config: str, setting: str) -> None:
    changed = f"(import '{config}.jsonnet') {{ {setting}:: '%s', temperature_lr:: 0.5 }}"
    (group,) = temperature_groups(evaluate(changed % "smax"))
    assert group[1] == {"lr": 0.5, "weight_decay": 0.0}
    with pytest.raises(RuntimeError, match=r"temperature_lr"):
        evaluate(changed % "max")


def test_pooling_of_pairs_of_names_has_the_rate_too() -> None:
    pairs = "(import 'keci/biorelex.jsonnet') { model+: { name_pair_pooling: 'smax' } }"
    assert len(temperature_groups(evaluate(pairs))) == 1

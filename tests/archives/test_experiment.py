"""What a part learns of the experiment that it is built for."""

import json
from pathlib import Path

import pytest
from allennlp.common.checks import ConfigurationError

from bio_ie.archives.experiment import Experiment, experiment_of, loading


def test_training_is_told_by_the_config_of_its_folder(tmp_path: Path) -> None:
    assert experiment_of(None) is None
    assert experiment_of(str(tmp_path)) is None
    (tmp_path / "config.json").write_text(json.dumps({"model": {"type": "x"}}))
    assert experiment_of(str(tmp_path)) == Experiment({"model": {"type": "x"}}, is_trained=False)


def test_loading_is_told_by_the_config_with_its_overrides(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{}")
    with loading({"model": 1}):
        with loading({"model": 2}):
            assert experiment_of(str(tmp_path)) == Experiment({"model": 2}, is_trained=True)
        assert experiment_of(None) == Experiment({"model": 1}, is_trained=True)
    assert experiment_of(str(tmp_path)) == Experiment({}, is_trained=False)


def test_config_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text("{")
    with pytest.raises(ConfigurationError, match="has no readable config"):
        experiment_of(str(tmp_path))

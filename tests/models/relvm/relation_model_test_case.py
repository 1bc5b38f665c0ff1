"""AllenNLP's tests of a model, for models of relations and their toy data."""

import json
from pathlib import Path
from typing import Any, Dict

import pytest
from allennlp.common.testing import ModelTestCase


class RelationModelTestCase(ModelTestCase):
    """Base class of the tests. A subclass writes the data and gives the config. Pytest does not
    collect the base class, because its name does not begin with `Test`."""

    def experiment(self, folder: Path) -> Dict[str, Any]:
        """Writes data into `folder` and returns a config that trains on them."""
        raise NotImplementedError

    @pytest.fixture(autouse=True)
    def set_up_experiment(self, tmp_path: Path) -> None:
        config = self.experiment(tmp_path)
        self.config = tmp_path / "config.json"
        self.config.write_text(json.dumps(config))
        self.set_up_model(str(self.config), config["train_data_path"])

    def test_trains_saves_and_loads(self) -> None:
        self.ensure_model_can_train_save_and_load(self.config)

    def test_batch_predictions_are_consistent(self) -> None:
        self.model.double()
        self.ensure_batch_predictions_are_consistent()

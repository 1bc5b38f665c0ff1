import json
from pathlib import Path
from typing import Any

import pytest
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.common.params import with_overrides

from bio_ie.commands.config_errors import config_error
from bio_ie.commands.user_errors import user_errors
from bio_ie.data.corpora import CorpusFormat
from bio_ie.modules.pair_scorers import PairScorer
from bio_ie.modules.poolings import Pooling


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"trainer.num_epochs": "two"}, "trainer.num_epochs must be a whole number, not 'two'"),
        ({"trainer.num_epochs": True}, "trainer.num_epochs must be a whole number, not true"),
        ({"trainer": None}, "trainer of TrainModel must not be null"),
        ({"model.label_embedding_dim": "8"}, "model.label_embedding_dim must be a whole number"),
        (
            {"model.head_feedforward.hidden_dims": {}},
            "hidden_dims must be a whole number or a list, not an object",
        ),
        ({"model.pair_scorer.type": None}, "model.pair_scorer lacks 'type', one of"),
        ({"model.pair_scorer.type": 3}, "model.pair_scorer.type must be a name, not 3"),
        ({"dataset_reader.corpus": 3}, "dataset_reader.corpus must be an object, not 3"),
        ({"model.head_feedforward.hidden_dims": []}, "len(hidden_dims) (0) != num_layers (2)"),
        ({"dataset_reader.max_instances": -1}, "max_instances must be positive, not -1"),
        ({"distributed": 3}, "the experiment in the config is wrong: AttributeError"),
        ({"include_in_archive": True}, "the experiment in the config is wrong: 'bool' object"),
        ({"random_seed": "x"}, "the experiment in the config is wrong: invalid literal for int"),
        ({"train_data_path": 3}, "a data path is a string or an object, not 3"),
    ],
)
def test_wrong_types_are_one_line(
    overrides: Any,
    message: str,
    fixtures_folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    params = Params.from_file(fixtures_folder / "models" / "joint_ner_re.jsonnet")
    changed = with_overrides(json.loads(json.dumps(params.as_dict(quiet=True))), overrides)
    with pytest.raises(SystemExit), user_errors():
        train_model(Params(changed), str(tmp_path / "run"), dry_run=True)
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1
    assert message in lines[0]


@pytest.mark.parametrize(
    ("base", "part", "message"),
    [
        (PairScorer, {"type": None}, "PairScorer in the config is wrong: 'type' must be a name"),
        (PairScorer, {"type": 3}, "PairScorer in the config is wrong: 'type' must be a name"),
        (CorpusFormat, 3, "from_params was passed a `params` object"),
        (Pooling, {"type": "smax", "initial_temperature": "hot"}, "Smax"),
    ],
)
def test_a_part_that_was_not_checked_before_is_one_line(
    base: Any, part: Any, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit), user_errors():
        base.from_params(Params(part) if isinstance(part, dict) else part)
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1
    assert message in lines[0]


def test_other_errors_are_none_of_a_config() -> None:
    for wrong in (lambda: int("x"), lambda: [][0], lambda: 1 / 0):
        with pytest.raises(Exception) as error_info:
            wrong()
        assert config_error(error_info.value) is None  # type: ignore[arg-type]

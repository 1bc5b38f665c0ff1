"""A config with a wrong value builds an experiment, or is refused with a clear error."""

import copy
from pathlib import Path

import pytest
from allennlp.commands.train import train_model
from allennlp.common import Params

from bio_ie.commands.user_errors import user_errors
from tests.fuzzing.mutations import mutated_json, no_hang, rounds
from tests.test_configs import (
    evaluate,
    shortened,
    with_tiny_encoder,
    with_toy_detector,
    with_toy_knowledge,
)

CONFIGS = (
    "joint_ner_re/conll04.jsonnet",
    "keci/biorelex.jsonnet",
    "snerl/bc5cdr.jsonnet",
    "multitask_entity_linker/bc5cdr_pt_multi.jsonnet",
)


@pytest.mark.parametrize("name", CONFIGS)
def test_wrong_values(
    name: str,
    toy_kb: Path,
    facts_kb: Path,
    fixtures_folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    config = shortened(evaluate(name))
    with_tiny_encoder(config)
    with_toy_detector(config, fixtures_folder / "archives" / "joint_ner_re" / "model.tar.gz")
    links = config["model"]["type"] in ("snerl", "multitask_entity_linker")
    with_toy_knowledge(config, facts_kb if links else toy_kb, tmp_path)
    for number, rng in enumerate(rounds(20)):
        params = Params(copy.deepcopy(mutated_json(rng, config)))
        try:
            with no_hang(), user_errors():
                train_model(params, str(tmp_path / str(number)), dry_run=True)
        except SystemExit:
            assert "error: " in capsys.readouterr().err

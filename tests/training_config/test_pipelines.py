"""The configs of `bio-ie annotate`."""

from pathlib import Path
from typing import List

import pytest

from bio_ie.annotation.pipeline import build_pipeline, read_pipeline

FOLDER = Path(__file__).resolve().parents[2] / "training_config" / "pipelines"
CONFIGS: List[Path] = sorted(FOLDER.glob("*.jsonnet"))


@pytest.mark.parametrize("config", CONFIGS, ids=lambda config: config.stem)
def test_config_is_a_pipeline_with_relative_paths(config: Path) -> None:
    settings = read_pipeline(str(config))
    assert build_pipeline(settings).steps
    for step in settings["steps"]:
        for name in ("archive", "kb"):
            assert not Path(step.get(name, "")).is_absolute()


def test_there_are_some() -> None:
    assert CONFIGS

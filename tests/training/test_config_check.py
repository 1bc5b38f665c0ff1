"""What is wrong in a config is told before anything is built."""

import copy
import functools
import json
from pathlib import Path
from typing import Any, Dict, List

import _jsonnet
import pytest
from allennlp.common.checks import ConfigurationError
from allennlp.modules import Seq2VecEncoder

import bio_ie  # noqa: F401 - registers what configs name
from bio_ie.training.config_check import check_config
from bio_ie.training.part_check import check_part

ROOT = Path(__file__).resolve().parents[2]
CONFIGS: List[str] = sorted(
    str(path.relative_to(ROOT))
    for folder in ("training_config", "fixtures/models")
    for path in (ROOT / folder).rglob("*.jsonnet")
    if not {"knowledge", "pipelines"} & set(path.parts)
)


@functools.cache
def evaluated(path: str) -> str:
    return str(_jsonnet.evaluate_file(str(ROOT / path)))


@pytest.mark.parametrize("path", CONFIGS)
def test_every_config_is_right(path: str) -> None:
    check_config(json.loads(evaluated(path)))


def snerl() -> Dict[str, Any]:
    config: Dict[str, Any] = json.loads(evaluated("training_config/snerl/bc5cdr.jsonnet"))
    return config


def problems(config: Dict[str, Any]) -> List[str]:
    with pytest.raises(ConfigurationError) as raised:
        check_config(config)
    message: str = raised.value.message
    return message.splitlines()


def changed(place: str, value: Any) -> Dict[str, Any]:
    """The config of SNERL, with another value at a place (`...` removes it)."""
    config = copy.deepcopy(snerl())
    *outer, name = place.split(".")
    part: Any = config
    for key in outer:
        part = part[int(key)] if isinstance(part, list) else part[key]
    if value is ...:
        del part[name]
    else:
        part[name] = value
    return config


@pytest.mark.parametrize(
    ("place", "value", "problem"),
    [
        ("model.type", "snrel", "model.type: there is no model 'snrel'; did you mean 'snerl'?"),
        (
            "dataset_reader.corpus.type",
            "pubtaror",
            "dataset_reader.corpus.type: there is no corpus format 'pubtaror'; did you mean "
            "'pubtator'?",
        ),
        (
            "trainer.optimizer.type",
            "adaam",
            "trainer.optimizer.type: there is no optimizer 'adaam'; did you mean 'adam'?",
        ),
        (
            "model.pooling",
            "smaxx",
            "model.pooling.type: there is no pooling 'smaxx'; did you mean 'smax'?",
        ),
        ("model.k", "15", "model.k must be a whole number, not '15'"),
        ("model.k", 1.5, "model.k must be a whole number, not 1.5"),
        ("model.k", True, "model.k must be a whole number, not true"),
        ("model.argument_dropout", "0.1", "model.argument_dropout must be a number, not '0.1'"),
        ("model.entity_loss_weight", None, "model.entity_loss_weight must be a number, not null"),
        ("model.with_same_entity", 1, "model.with_same_entity must be true or false, not 1"),
        ("dataset_reader.links", 3, "dataset_reader.links must be a string or an object, not 3"),
        ("model.linker", [3], "model.linker must be an object, not a list"),
        ("model.pair_scorer.hidden_dims", 3, "model.pair_scorer.hidden_dims must be a list, not 3"),
        (
            "model.pair_scorer.hiden_dims",
            [3],
            "model.pair_scorer.hiden_dims: MlpPairScorer has no such parameter; did you mean "
            "'hidden_dims'?",
        ),
        (
            "model.pooling",
            {"type": "max", "initial_temperature": 1.0},
            "model.pooling.initial_temperature: MaxPooling has no such parameter",
        ),
        (
            "model.text_field_embedder.token_embedders.tokens.bf16",
            "yes",
            "model.text_field_embedder.token_embedders.tokens.bf16 must be true or false, not "
            "'yes'",
        ),
        (
            "dataset_reader.kbb",
            {},
            "dataset_reader.kbb: DocumentGraphReader has no such parameter; did you mean 'kb'?",
        ),
        ("dataset_reader.token_indexers", {}, "dataset_reader.token_indexers must not be empty"),
        ("dataset_reader.kb", {}, "dataset_reader.kb lacks 'path' of KnowledgeBase"),
        (
            "trainer.num_epoch",
            3,
            "trainer.num_epoch: GradientDescentTrainer has no such parameter; did you mean "
            "'num_epochs'?",
        ),
        ("model.pooling.type", ["max"], "model.pooling.type must be a name, not a list"),
        ("model.pooling", ..., "model lacks 'pooling' of Snerl"),
        ("train_data_path", ..., "the config lacks 'train_data_path'"),
        ("numpy_seed", -1, "numpy_seed must be at least 0 and less than 2^32, not -1"),
        ("random_seed", "1", "random_seed must be a whole number, not '1'"),
        ("include_in_archive", ["a", 1], "include_in_archive[1] must be a string, not 1"),
        ("include_in_archive", "a", "include_in_archive must be a list, not 'a'"),
        ("evaluation", [], "evaluation must be an object, not a list"),
        ("data_loader.batch_sampler.batch_size", 0, "batch_size must be positive, not 0"),
        ("trainer.optimizer.betas", 0.9, "trainer.optimizer.betas must be a list, not 0.9"),
        (
            "trainer.optimizer.parameter_groups",
            [[["bias$"], {"lrr": 1e-3}]],
            "parameter_groups[0][1].lrr: the optimizer has no such parameter; did you mean 'lr'?",
        ),
        (
            "trainer.optimizer.parameter_groups",
            [[["bias$"], {"lr": 1e-3}], [["x"], {"weight_decay": None}]],
            "trainer.optimizer.parameter_groups[1][1].weight_decay must be a number, not null",
        ),
        (
            "trainer.optimizer.parameter_groups",
            [["bias$", {"lr": 1e-3}]],
            "parameter_groups[0] must be a list of regular expressions, and an object",
        ),
        (
            "trainer.checkpointer.keep_most_recent_by_count",
            0,
            "keep_most_recent_by_count must be positive, not 0",
        ),
        ("traner", {}, "traner: an experiment has no such parameter; did you mean 'trainer'?"),
        (
            "model.encoder",
            {"type": "lstm"},
            "model.encoder lacks 'input_size', 'hidden_size' of LstmSeq2SeqEncoder",
        ),
        (
            "trainer.callbacks",
            [{"type": "schedules"}, {"type": "best_treshold"}],
            "trainer.callbacks[1].type: there is no trainer callback 'best_treshold'; did you mean "
            "'best_thresholds'?",
        ),
    ],
)
def test_a_fault_is_told_with_its_place(place: str, value: Any, problem: str) -> None:
    assert any(found.endswith(problem) for found in problems(changed(place, value)))


def test_a_model_without_its_type_says_what_there_is() -> None:
    (problem,) = problems(changed("model", {"k": 3}))
    assert problem.startswith("model lacks 'type', one of ")
    assert "joint_ner_re, keci" in problem


def test_a_type_like_no_other_is_told_with_all_types() -> None:
    (problem,) = problems(changed("model.pooling.type", "?"))
    assert problem.endswith(
        "there is no pooling '?'; there are attention, logsumexp, max, mean, noisy_or, smax"
    )


@pytest.mark.parametrize("sizes", [[2, "3"], {}, 2])
def test_every_element_of_a_list_is_checked(sizes: Any) -> None:
    part = {"type": "cnn", "embedding_dim": 3, "num_filters": 3, "ngram_filter_sizes": sizes}
    with pytest.raises(ConfigurationError, match=r"part.ngram_filter_sizes(\[1\])? must be a"):
        check_part(part, Seq2VecEncoder, "part")


def test_all_faults_are_told_at_once() -> None:
    config = changed("model.k", "15")
    config["trainer"]["num_epochs"] = "3"
    assert len(problems(config)) == 2


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("model.type", "my_package.models.Mine"),  # imported when it is built
        ("vocabulary", {"type": "from_files", "directory": "vocabulary"}),
        ("model.pooling", "max"),
        ("model.inference_k", None),
        ("trainer.optimizer", {"type": "adam", "lr": 1}),
        ("dataset_reader.links", {"Disease": "linked", "*": "candidates"}),
        ("trainer.optimizer.parameter_groups", [[["bias$"], {"requires_grad": False}]]),
        ("distributed", {"cuda_devices": [-1, -1]}),
        ("evaluation", {}),
    ],
)
def test_what_allennlp_takes_is_right(place: str, value: Any) -> None:
    check_config(changed(place, value))

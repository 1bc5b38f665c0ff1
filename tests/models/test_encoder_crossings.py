"""Combines sequence encoders with models, over vectors of a pretrained encoder and over random
vectors of words, by config alone."""

import json
from typing import Any, Dict

import _jsonnet
import pytest
import torch
from allennlp.common import Params
from allennlp.common.testing import ModelTestCase
from allennlp.data import Batch, DatasetReader, Vocabulary
from allennlp.models import Model

from tests.models.batch_consistency import assert_predictions_do_not_depend_on_the_batch

MODELS = ["joint_ner_re", "keci"]
ENCODERS = {
    "bran_transformer": {
        "input_dim": 32,
        "num_blocks": 2,
        "num_heads": 2,
        "hidden_dim": 12,
        "attention_dropout": 0.1,
    },
    "iterated_dilated_convolutions": {"input_dim": 32, "hidden_dim": 12, "iterations": 2},
}
RANDOM_WORDS = """{
    encoder:: encoders.random_words(32) { embedder+: { word_dropout: 0.1, dropout: 0.1 } },
}"""


def evaluate(model: str, words: str) -> Dict[str, Any]:
    """A small experiment."""
    overrides = RANDOM_WORDS if words == "random_words" else "{}"
    snippet = f"""
        local encoders = import 'training_config/lib/shared/encoders.libsonnet';
        (import 'fixtures/models/{model}.jsonnet') + {overrides}
    """
    config: Dict[str, Any] = json.loads(_jsonnet.evaluate_snippet("snippet.jsonnet", snippet))
    return config


@pytest.fixture(params=MODELS)
def model_name(request):
    return request.param


@pytest.fixture(params=["pretrained", "random_words"])
def words(request):
    return request.param


@pytest.fixture(params=ENCODERS)
def config(request, model_name, words, toy_kb):
    params = evaluate(model_name, words)
    params["model"]["encoder"] = {"type": request.param, **ENCODERS[request.param]}
    params["model"]["relation_loss_weight"] = {"type": "constant"}
    for reader in ("dataset_reader", "validation_dataset_reader"):
        if "background" in params[reader]:
            params[reader]["background"]["kb"]["path"] = str(toy_kb)
    return params


@pytest.fixture
def model_and_batch(config):
    reader = DatasetReader.from_params(Params(config["dataset_reader"]).duplicate())
    instances = list(reader.read(config["train_data_path"]))
    for instance in instances:
        reader.apply_token_indexers(instance)
    vocab = Vocabulary.from_instances(instances)
    batch = Batch(instances)
    batch.index_instances(vocab)
    torch.manual_seed(1)
    model = Model.from_params(Params(config["model"]).duplicate(), vocab=vocab).double()
    return model, batch


class TestTraining(ModelTestCase):
    def test_can_train_save_and_load(self, config, tmp_path):
        path = tmp_path / "config.jsonnet"
        path.write_text(json.dumps(config))
        # A term that all scores of a softmax share has no gradient.
        biases = {
            "span_extractor.attention.bias",
            "knowledge.fusion.scorer.further_layers._linear_layers.1.bias",
        }
        self.ensure_model_can_train_save_and_load(
            str(path), gradients_to_ignore=biases, tolerance=1e-3, seed=1
        )


def test_predictions_do_not_depend_on_the_batch(model_and_batch):
    model, batch = model_and_batch
    assert_predictions_do_not_depend_on_the_batch(model, batch.instances)


def test_model_learns_from_what_the_encoder_says(model_and_batch):
    model, batch = model_and_batch
    model.train()(**batch.as_tensor_dict())["loss"].backward()
    for name, parameter in model.encoder.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.any(), name

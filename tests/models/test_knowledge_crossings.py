"""Uses the knowledge parts of KECI in the joint model, by config alone."""

import json

import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.common.testing import ModelTestCase
from allennlp.data import Batch, DatasetReader, Vocabulary
from allennlp.models import Model

from tests.models.batch_consistency import assert_predictions_do_not_depend_on_the_batch

JOINT = "fixtures/models/joint_ner_re.jsonnet"
KECI = "fixtures/models/keci.jsonnet"
FUSIONS = {
    "sentinel_attention": {},
    "knowledge_attention_recontextualization": {
        "hidden_dim": 8,
        "num_heads": 2,
        "feedforward_dim": 8,
        "score_hidden_dim": 16,
    },
}


@pytest.fixture(params=FUSIONS)
def config(request, toy_kb):
    params = Params.from_file(JOINT).as_dict(quiet=True)
    knowledge = Params.from_file(KECI).as_dict(quiet=True)["model"]["knowledge"]
    if request.param != "sentinel_attention":
        knowledge["fusion"] = {"type": request.param, **FUSIONS[request.param]}
    params["model"]["knowledge"] = knowledge
    params["model"]["relation_loss_weight"] = {"type": "constant"}
    for reader in ("dataset_reader", "validation_dataset_reader"):
        params[reader]["background"] = {"kb": {"path": str(toy_kb)}}
    return params


@pytest.fixture
def model_and_batch(config):
    reader = DatasetReader.from_params(Params(config["dataset_reader"]).duplicate())
    instances = list(reader.read(config["train_data_path"]))
    vocab = Vocabulary.from_instances(instances)
    for instance in instances:
        reader.apply_token_indexers(instance)
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
        biases = {"knowledge.fusion.scorer.further_layers._linear_layers.1.bias"}
        biases |= {
            "knowledge.fusion.span_attention.bias",
            "knowledge.fusion.score._linear_layers.1.bias",
        }
        self.ensure_model_can_train_save_and_load(
            str(path), gradients_to_ignore=biases, tolerance=1e-3, seed=1
        )


def test_predictions_do_not_depend_on_the_batch(model_and_batch):
    model, batch = model_and_batch
    assert_predictions_do_not_depend_on_the_batch(model, batch.instances)


def test_knowledge_changes_what_is_scored(model_and_batch):
    model, batch = model_and_batch
    model.train()
    model.training_candidates = "gold"
    tensors = batch.as_tensor_dict()
    tensors["words"]["tokens"] = dict(tensors["words"]["tokens"])
    for module in model.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    model.text_field_embedder.eval()
    with_links = model(**tensors)["loss"]
    tensors["background"]["links"] = tensors["background"]["links"][:0]
    assert model(**tensors)["loss"] != with_links


def test_span_fusion_needs_mentions(config):
    if config["model"]["knowledge"]["fusion"]["type"] != "sentinel_attention":
        pytest.skip("fuses tokens")
    config["model"]["word_pair_pooling"] = {"type": "logsumexp"}
    with pytest.raises(ConfigurationError, match="no mentions for knowledge"):
        Model.from_params(Params(config["model"]), vocab=Vocabulary())

import json
from pathlib import Path
from typing import Any, Dict

import pytest
import torch
from allennlp.common.testing import ModelTestCase

from tests.models.relvm import toy_relations
from tests.models.relvm.toy_relations import batch_of, build
from tests.modules.comparison import assert_same_function

MODEL: Dict[str, Any] = {
    "type": "sentence_classifier",
    "text_field_embedder": {
        "token_embedders": {"tokens": {"type": "embedding", "embedding_dim": 6}}
    },
    "sentence_encoder": {"type": "boe", "embedding_dim": 6, "averaged": True},
}


def test_loss_and_gradients_are_those_sentence_by_sentence() -> None:
    tensors, vocab, _ = batch_of(toy_relations.sentences(7))
    model = build(MODEL, vocab, dropout=0.0).double().train()
    embeddings = model.text_field_embedder.token_embedder_tokens.weight
    losses = []
    for words, label in zip(tensors["tokens"]["tokens"]["tokens"], tensors["label"], strict=True):
        mean = embeddings[words[words != 0]].mean(0)
        scores = model.classifier.weight @ mean + model.classifier.bias
        losses.append(-scores.log_softmax(0)[label])
    assert_same_function(
        [model(**tensors)["loss"]], [torch.stack(losses).mean()], list(model.parameters())
    )


def test_output_can_be_read_and_scored() -> None:
    _, vocab, instances = batch_of(toy_relations.sentences(7))
    model = build(MODEL, vocab).eval()
    for output in model.forward_on_instances(instances):
        label = max(output["probabilities"], key=output["probabilities"].get)
        assert output["label"] == label
        assert "spread" not in output
    assert {"f1", "auc", "accuracy", "always_positive_f1", "overall"} <= model.get_metrics(
        reset=True
    ).keys()


class TestSentenceClassifier(ModelTestCase):
    @pytest.fixture(autouse=True)
    def write_config(self, tmp_path: Path) -> None:
        self.data = toy_relations.write(tmp_path / "data.jsonl", toy_relations.sentences(16))
        self.config = tmp_path / "config.json"
        self.config.write_text(json.dumps(toy_relations.experiment(MODEL, self.data)))

    def test_trains_saves_and_loads(self) -> None:
        self.set_up_model(str(self.config), str(self.data))
        self.ensure_model_can_train_save_and_load(self.config)

    def test_batch_predictions_are_consistent(self) -> None:
        self.set_up_model(str(self.config), str(self.data))
        self.model.double()
        self.ensure_batch_predictions_are_consistent()

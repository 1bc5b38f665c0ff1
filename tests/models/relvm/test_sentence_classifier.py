from pathlib import Path
from typing import Any, Dict

import pytest
import torch
from allennlp.common.checks import ConfigurationError

from tests.models.relvm import toy_relations
from tests.models.relvm.relation_model_test_case import RelationModelTestCase
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


def test_vectors_of_the_two_arguments_are_joined() -> None:
    tensors, vocab, _ = batch_of(toy_relations.sentences(7))
    config = {key: value for key, value in MODEL.items() if key != "sentence_encoder"}
    model = build(config, vocab, dropout=0.0).double().train()
    words = tensors["tokens"]["tokens"]["tokens"]
    places = torch.tensor([[row % 2, 2 - row % 2] for row in range(7)])
    embeddings = model.text_field_embedder.token_embedder_tokens.weight
    losses = []
    for row, label in enumerate(tensors["label"]):
        pair = torch.cat([embeddings[words[row, place]] for place in places[row]])
        scores = model.classifier.weight @ pair + model.classifier.bias
        losses.append(-scores.log_softmax(0)[label])
    assert_same_function(
        [model(places=places, **tensors)["loss"]],
        [torch.stack(losses).mean()],
        list(model.parameters()),
    )
    with pytest.raises(ConfigurationError, match="arguments: 'typed' or 'marked'"):
        model(**tensors)


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


class TestSentenceClassifier(RelationModelTestCase):
    def experiment(self, folder: Path) -> Dict[str, Any]:
        data = toy_relations.write(folder / "data.jsonl", toy_relations.sentences(16))
        return toy_relations.experiment(MODEL, data)

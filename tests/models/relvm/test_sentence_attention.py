from pathlib import Path
from typing import Any, Dict

import pytest
import torch
from allennlp.common.checks import ConfigurationError

from tests.models.relvm import toy_relations
from tests.models.relvm.relation_model_test_case import RelationModelTestCase
from tests.models.relvm.toy_relations import batch_of, build, feedforward
from tests.modules.comparison import assert_same_function

MODEL: Dict[str, Any] = {
    "type": "sentence_attention",
    "text_field_embedder": {
        "token_embedders": {"tokens": {"type": "embedding", "embedding_dim": 6}}
    },
    "sentence_encoder": {"type": "lstm", "input_size": 6, "hidden_size": 5},
    "pooling": {"type": "attention"},
    "feedforward": feedforward(4),
}


@pytest.fixture(scope="module")
def batch() -> Any:
    return batch_of(toy_relations.pairs(8, contexts=True))


def test_loss_and_gradients_are_those_pair_by_pair(batch: Any) -> None:
    tensors, vocab, instances = batch
    torch.manual_seed(1)
    model = build(MODEL, vocab).double().train()
    lstm = model.sentence_encoder._module
    embeddings = model.text_field_embedder.token_embedder_tokens.weight
    losses = []
    for instance, label in zip(instances, tensors["label"], strict=True):
        states = []
        for context in instance["contexts"]:
            ids = torch.tensor(context._indexed_tokens["tokens"]["tokens"])
            states.append(lstm(embeddings[ids].unsqueeze(0))[1][0][0, 0])
        vectors = torch.stack(states)
        weights = (vectors @ model.pooling.query).softmax(0)
        pooled = (weights.unsqueeze(1) * vectors).sum(0)
        log_p = model.classifier(model.feedforward(pooled)).log_softmax(0)
        losses.append(-log_p[label])
    expected = torch.stack(losses).mean()
    loss = model(**tensors)["loss"]
    assert_same_function([loss], [expected], list(model.parameters()))


def test_each_sentence_is_encoded_once_and_no_padding_is(
    batch: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tensors, vocab, instances = batch
    model = build(MODEL, vocab).eval()
    sizes = []
    forward = model.sentence_encoder.forward

    def recorded(vectors: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        sizes.append(len(vectors))
        result: torch.Tensor = forward(vectors, mask)
        return result

    monkeypatch.setattr(model.sentence_encoder, "forward", recorded)
    model(**tensors)
    assert sizes == [sum(len(instance["contexts"].field_list) for instance in instances)]


def test_pairs_without_sentences_have_a_score_too(batch: Any) -> None:
    tensors, vocab, _ = batch
    model = build(MODEL, vocab).train()
    empty = {"tokens": {"tokens": torch.zeros_like(tensors["contexts"]["tokens"]["tokens"])}}
    loss = model(**{**tensors, "contexts": empty})["loss"]
    loss.backward()
    assert loss.isfinite()


def test_a_pooling_of_probabilities_is_refused(batch: Any) -> None:
    with pytest.raises((ConfigurationError, TypeError)):
        build(MODEL, batch[1], pooling={"type": "logsumexp"})


def test_output_can_be_read_and_scored(batch: Any) -> None:
    _, vocab, instances = batch
    model = build(MODEL, vocab).eval()
    for output in model.forward_on_instances(instances):
        assert output["label"] in model.labels
        assert sum(output["probabilities"].values()) == pytest.approx(1)
    metrics = model.get_metrics(reset=True)
    assert metrics["overall"] == metrics["best_f1"]
    assert model.decision.best(shared=True) is not None


class TestSentenceAttention(RelationModelTestCase):
    def experiment(self, folder: Path) -> Dict[str, Any]:
        lines = toy_relations.pairs(16, contexts=True)
        config = toy_relations.experiment(MODEL, toy_relations.write(folder / "data.jsonl", lines))
        config["trainer"]["callbacks"].append({"type": "best_thresholds", "shared": True})
        return config

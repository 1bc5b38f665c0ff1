import copy
import math
from pathlib import Path
from typing import Any, Dict

import pytest
import torch
from allennlp.common.checks import ConfigurationError

from bio_ie.text.document import Relation
from tests.models.relvm import toy_relations
from tests.models.relvm.relation_model_test_case import RelationModelTestCase
from tests.models.relvm.test_model import Naive
from tests.models.relvm.toy_relations import NO_RELATION, RELVM, batch_of, build
from tests.modules.comparison import assert_same_function

CLASSIFIER = {"type": "relvm_mention_classifier", "representation": RELVM}


@pytest.fixture(scope="module")
def batch() -> Any:
    return batch_of(toy_relations.sentences(7))


def naive_log_p(model: Any, tensors: Any, noise: torch.Tensor) -> torch.Tensor:
    """log p(r | z) `[S, B, C]`, calculated sentence by sentence from noise `[S, B, u_dim +
    z_dim]`."""

    class Holder:  # stands for a model in `Naive`
        representation = model.representation

    result = []
    for of_rows in noise:
        rows = []
        for row, its in enumerate(of_rows):
            words = [word for word in tensors["tokens"]["tokens"]["tokens"][row].tolist() if word]
            entities = tensors["entities"]["entities"]["tokens"][row].tolist()
            naive = Naive(Holder, words, entities)
            u_noise, z_noise = its.split([3, 4])
            p = naive.relation(naive.q.mean + naive.q.stddev * u_noise)
            z = p.mean + p.stddev * z_noise
            scores = model.classifier.weight @ z + model.classifier.bias
            rows.append(scores.softmax(0).log())
        result.append(torch.stack(rows))
    return torch.stack(result)


@pytest.mark.parametrize("num_samples", [1, 4])
def test_loss_and_gradients_are_those_of_equation_17(batch: Any, num_samples: int) -> None:
    tensors, vocab, _ = batch
    torch.manual_seed(1)
    model = build(CLASSIFIER, vocab, num_samples=num_samples).double().train()
    torch.manual_seed(2)
    loss = model(**tensors)["loss"]
    torch.manual_seed(2)
    noise = torch.randn(num_samples, 7, 7, dtype=torch.double)
    log_p = naive_log_p(model, tensors, noise)
    of_gold = torch.stack([log_p[:, row, r].mean() for row, r in enumerate(tensors["label"])])
    assert_same_function([loss], [-of_gold.mean()], list(model.parameters()))


def test_probabilities_are_means_over_samples(batch: Any) -> None:
    tensors, vocab, _ = batch
    model = build(CLASSIFIER, vocab, evaluation_samples=6).double().eval()
    output = model(**tensors)
    words = tensors["tokens"]["tokens"]["tokens"]
    from bio_ie.models.relvm.representation import content_keys

    noise = torch.cat(model.noise(content_keys(words, words != 0), 6), dim=2)
    p = naive_log_p(model, tensors, noise).exp()
    torch.testing.assert_close(output["probabilities"], p.mean(0))
    torch.testing.assert_close(output["spread"], p.std(0, correction=0))
    torch.testing.assert_close(output["probabilities"].sum(1), torch.ones(7, dtype=torch.double))


def test_scores_come_out_of_training_alone(batch: Any) -> None:
    tensors, vocab, _ = batch
    model = build(CLASSIFIER, vocab).train()
    model(**tensors)
    assert model.get_metrics(reset=True).keys() == {"classification_loss"}
    model.eval()
    output = model(**tensors)
    metrics = model.get_metrics(reset=True)
    right = (output["probabilities"].argmax(1) == tensors["label"]).float().mean()
    assert metrics["accuracy"] == pytest.approx(float(right))
    assert metrics["overall"] == metrics["f1"]
    assert {"auc", "always_positive_f1", "precision", "recall"} <= metrics.keys()
    tensors = {name: value for name, value in tensors.items() if name != "label"}
    assert "loss" not in model(**tensors)


def test_positive_labels_are_predicted_from_the_threshold_on(batch: Any) -> None:
    tensors, vocab, instances = batch
    model = build(CLASSIFIER, vocab).eval()
    negative = model.labels.index(NO_RELATION)
    probabilities = model(**tensors)["probabilities"].detach()
    model.get_metrics(reset=True)
    positive = probabilities.clone()
    positive[:, negative] = -1
    highest = positive.amax(1)
    threshold = float(highest.median())
    threshold = math.floor(1000 * threshold) / 1000  # thresholds are multiples of 0.001
    weights = model.state_dict()
    model = build(CLASSIFIER, vocab, threshold=threshold).eval()
    model.load_state_dict(weights, strict=False)
    expected = [int(row.argmax()) if row.amax() >= threshold else negative for row in positive]
    assert model(**tensors)["predicted"].tolist() == expected
    metrics = model.get_metrics(reset=True)
    assert metrics["predicted"] == 4
    assert "decision.thresholds" not in model.state_dict()
    assert metrics["accuracy"] == pytest.approx(
        sum(map(int.__eq__, expected, tensors["label"].tolist())) / 7
    )
    outputs = model.forward_on_instances(instances)
    assert [output["label"] for output in outputs] == [model.labels[r] for r in expected]
    with pytest.raises(ConfigurationError, match=r"threshold must be between 0 and 1, not 30"):
        build(CLASSIFIER, vocab, threshold=30)


def test_rows_of_padding_do_not_count(batch: Any) -> None:
    tensors, vocab, _ = batch
    model = build(CLASSIFIER, vocab).eval()
    model(**{**tensors, "metadata": [{"is_padding": row > 2} for row in range(7)]})
    gold = (tensors["label"][:3] != model.labels.index(NO_RELATION)).sum()
    assert model.get_metrics()["gold"] == int(gold)


@pytest.mark.parametrize("fine_tune", [True, False])
def test_representation_is_trained_only_if_fine_tuned(batch: Any, fine_tune: bool) -> None:
    tensors, vocab, _ = batch
    representation = copy.deepcopy(RELVM)
    representation["prior_feedforward"]["dropout"] = 0.5
    model = build(CLASSIFIER, vocab, representation=representation, fine_tune=fine_tune).train()
    assert model.representation.training is fine_tune
    before = copy.deepcopy(model.state_dict())
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], 0.1)
    model(**tensors)["loss"].backward()
    optimizer.step()
    for name, value in model.named_parameters():
        is_same = torch.equal(value, before[name])
        assert is_same is (name.startswith("representation") and not fine_tune), name
    assert model.eval().training is model.representation.training is False


def test_decoder_is_left_out(batch: Any) -> None:
    model = build(CLASSIFIER, batch[1])
    assert not any("decoder" in name for name, _ in model.named_parameters())


def test_output_can_be_read(batch: Any) -> None:
    _, vocab, instances = batch
    model = build(CLASSIFIER, vocab).eval()
    for instance in instances:
        instance.fields["metadata"].metadata["mention_ids"] = ["T3", "T1"]
    outputs = model.forward_on_instances(instances)
    for instance in instances:
        del instance.fields["metadata"].metadata["mention_ids"]
    for output in outputs:
        label = max(output["probabilities"], key=output["probabilities"].get)
        assert output["label"] == label
        assert output["spread"].keys() == output["probabilities"].keys() == set(model.labels)
        relation = Relation(label, "T3", "T1", output["probabilities"][label])
        assert output["relations"] == ([] if label == NO_RELATION else [relation])
        assert output["pair"]["mentions"] == ["T3", "T1"]
    assert "pair" not in model.forward_on_instances(instances)[0]


def test_half_precision_gives_finite_loss_and_gradients(batch: Any) -> None:
    tensors, vocab, _ = batch
    model = build(CLASSIFIER, vocab).eval()
    expected = model(**tensors)["loss"]
    model.bf16 = True
    loss = model(**tensors)["loss"]
    loss.backward()
    assert loss.dtype == torch.float
    assert loss != expected
    torch.testing.assert_close(loss, expected, rtol=0.02, atol=0.02)
    assert all(p.grad.isfinite().all() for p in model.parameters())
    assert build(CLASSIFIER, vocab, bf16=True).bf16


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"num_samples": 0}, "num_samples"),
        ({"negative_label": "nothing"}, "'nothing' must be one"),
        (
            {
                "representation": {
                    "type": "sentence_classifier",
                    "text_field_embedder": {
                        "token_embedders": {"tokens": {"type": "embedding", "embedding_dim": 3}}
                    },
                    "sentence_encoder": {"type": "boe", "embedding_dim": 3},
                }
            },
            "must be a 'relvm'",
        ),
    ],
)
def test_wrong_settings_are_refused(batch: Any, changes: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        build(CLASSIFIER, batch[1], **changes)


class TestRelvmMentionClassifier(RelationModelTestCase):
    def experiment(self, folder: Path) -> Dict[str, Any]:
        data = toy_relations.write(folder / "data.jsonl", toy_relations.sentences(16))
        config = toy_relations.experiment(CLASSIFIER, data)
        config["trainer"]["validation_metric"] = "+overall"
        return config

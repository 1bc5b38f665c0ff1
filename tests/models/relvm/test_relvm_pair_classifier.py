import copy
import json
from pathlib import Path
from typing import Any, Dict

import pytest
import torch
from allennlp.commands.evaluate import evaluate_from_archive
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.models import load_archive

from tests.models.relvm import toy_relations
from tests.models.relvm.relation_model_test_case import RelationModelTestCase
from tests.models.relvm.toy_relations import NO_RELATION, RELVM, batch_of, build

# These words are not used here, but a representation needs some.
REPRESENTATION = {**RELVM, "word_embedding": {"embedding_dim": 6, "num_embeddings": 4}}
CLASSIFIER = {
    "type": "relvm_pair_classifier",
    "representation": REPRESENTATION,
    "hidden_dim": 5,
}


@pytest.fixture(scope="module")
def batch() -> Any:
    return batch_of(toy_relations.pairs(9))


def naive_log_p(model: Any, entities: torch.Tensor, noise: torch.Tensor) -> torch.Tensor:
    """log p(r | z) `[S, O, B, C]`, calculated pair by pair from noise `[S, O * B, u_dim +
    z_dim]`."""
    num_orders = 2 if model.both_orders else 1
    prior = model.representation.prior
    result = torch.zeros(len(noise), num_orders, len(entities), len(model.labels)).double()
    for sample in range(len(noise)):
        for order in range(num_orders):
            for row, (x, y) in enumerate(entities.tolist()):
                first, second = (y, x) if order else (x, y)
                a, b = model.representation.entity_embedding.weight[[first, second]]
                u, z_noise = noise[sample, order * len(entities) + row].split([3, 4])
                h = torch.cat([a, b, a * b, u])
                for layer in prior.feedforward._linear_layers:
                    h = (layer.weight @ h + layer.bias).relu()
                log_variance = prior.log_variance.weight @ h + prior.log_variance.bias
                deviation = (5 * (log_variance / 10).tanh()).exp()
                z = prior.mean.weight @ h + prior.mean.bias + deviation * z_noise
                hidden = (model.hidden.weight @ z + model.hidden.bias).relu()
                scores = model.classifier.weight @ torch.cat([hidden, z]) + model.classifier.bias
                result[sample, order, row] = scores.softmax(0).log()
    return result


@pytest.mark.parametrize("both_orders", [True, False])
def test_loss_and_gradients_are_those_of_equation_20(batch: Any, both_orders: bool) -> None:
    tensors, vocab, _ = batch
    torch.manual_seed(1)
    model = build(CLASSIFIER, vocab, both_orders=both_orders).double().train()
    torch.manual_seed(2)
    loss = model(**tensors)["loss"]
    torch.manual_seed(2)
    noise = torch.randn(4, 18 if both_orders else 9, 7, dtype=torch.double)
    log_p = naive_log_p(model, tensors["entities"]["entities"]["tokens"], noise).mean((0, 1))
    expected = -sum(log_p[row, r] for row, r in enumerate(tensors["label"])) / 9
    torch.testing.assert_close(loss, expected)
    variables = [p for p in model.parameters() if p.requires_grad]
    assert len(variables) == 4
    for one, other in zip(
        torch.autograd.grad(loss, variables),
        torch.autograd.grad(expected, variables),
        strict=True,
    ):
        torch.testing.assert_close(one, other)


def test_probabilities_are_means_over_samples_and_orders(batch: Any) -> None:
    tensors, vocab, _ = batch
    model = build(CLASSIFIER, vocab, evaluation_samples=6).double().eval()
    entities = tensors["entities"]["entities"]["tokens"]
    from bio_ie.models.relvm.representation import content_keys

    both = torch.cat([entities, entities.flip(1)])
    noise = torch.cat(model.noise(content_keys(both, both != 0), 6), dim=2)
    p = naive_log_p(model, entities, noise).exp().mean(1)
    output = model(**tensors)
    torch.testing.assert_close(output["probabilities"], p.mean(0))
    torch.testing.assert_close(output["spread"], p.std(0, correction=0))
    assert (output["spread"] > 0).all()


def test_a_pair_has_no_order_if_both_are_scored(batch: Any) -> None:
    tensors, vocab, _ = batch
    turned = copy.deepcopy(tensors)
    turned["entities"]["entities"]["tokens"] = tensors["entities"]["entities"]["tokens"].flip(1)
    for both_orders in (True, False):
        model = build(CLASSIFIER, vocab, both_orders=both_orders).double().eval()
        one, other = (model(**inputs)["probabilities"] for inputs in (tensors, turned))
        assert torch.allclose(one, other, atol=1e-12) is both_orders


def test_representation_stays_as_it_is(batch: Any) -> None:
    tensors, vocab, _ = batch
    model = build(CLASSIFIER, vocab).train()
    assert not model.representation.training
    before = copy.deepcopy(model.state_dict())
    optimizer = torch.optim.Adam(model.parameters(), 0.1)
    model(**tensors)["loss"].backward()
    optimizer.step()
    for name, value in model.state_dict().items():
        stays = name.startswith("representation") or name == "decision.thresholds"
        assert torch.equal(value, before[name]) is stays, name


def config(data: Path) -> Dict[str, Any]:
    result = toy_relations.experiment(CLASSIFIER, data)
    result["trainer"]["validation_metric"] = "+overall"
    result["trainer"]["callbacks"].append({"type": "best_thresholds", "shared": True})
    return result


def test_threshold_is_found_on_validation_data_and_kept_in_the_archive(tmp_path: Path) -> None:
    data = toy_relations.write(tmp_path / "data.jsonl", toy_relations.pairs(60))
    params = config(data)
    params["trainer"]["num_epochs"] = 6
    train_model(Params(params), str(tmp_path / "run"))
    metrics = json.loads((tmp_path / "run" / "metrics.json").read_text())
    archive = tmp_path / "run" / "model.tar.gz"
    model = load_archive(archive).model
    threshold = model.decision.thresholds
    assert threshold[0] == threshold[1] != 0.5
    scores = evaluate_from_archive(
        archive, str(data), metrics_output_file=str(tmp_path / "again.json")
    )
    assert scores["f1"] == pytest.approx(metrics["best_validation_best_f1"])
    assert scores["threshold"] == pytest.approx(float(threshold[0]))
    assert scores["f1"] > 0


def test_output_can_be_read(batch: Any) -> None:
    _, vocab, instances = batch
    model = build(CLASSIFIER, vocab).eval()
    model.decision.set(torch.zeros(2))
    outputs = model.forward_on_instances(instances)
    for output in outputs:
        positive = {k: v for k, v in output["probabilities"].items() if k != NO_RELATION}
        assert output["label"] == max(positive, key=lambda label: positive[label])
        assert output["spread"].keys() == output["probabilities"].keys()


def test_another_representation_is_refused(batch: Any) -> None:
    with pytest.raises(ConfigurationError, match="must be a 'relvm'"):
        build(CLASSIFIER, batch[1], representation={"type": "cooccurrence"})
    with pytest.raises(ConfigurationError, match="hidden_dim"):
        build(CLASSIFIER, batch[1], hidden_dim=0)


class TestRelvmPairClassifier(RelationModelTestCase):
    def experiment(self, folder: Path) -> Dict[str, Any]:
        return config(toy_relations.write(folder / "data.jsonl", toy_relations.pairs(16)))

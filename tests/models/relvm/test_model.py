"""Compares RELVM's representation model with the equations, sentence by sentence and step by
step."""

import json
import math
from pathlib import Path
from typing import Any, Dict, List

import pytest
import torch
from allennlp.common.checks import ConfigurationError
from allennlp.common.testing import ModelTestCase
from allennlp.data import Batch

from bio_ie.models.relvm.representation import LatentNoise, content_keys
from tests.models.relvm import toy_relations
from tests.models.relvm.representation.naive_decoder import naive_log_likelihood
from tests.models.relvm.toy_relations import RELVM, batch_of, build, feedforward
from tests.modules.comparison import assert_same_function

RELEASE = {
    "hidden_dim": 7,
    "latent_in_output": True,
    "latent_feedforward": {**feedforward(5), "input_dim": 4},
}
OPTIONS: Dict[str, Dict[str, Any]] = {
    "as_in_the_paper": {},
    "samples": {"num_samples": 3},
    "length_normalize": {"length_normalize": True},
    "kl_weight": {"kl_weight": {"type": "constant", "value": 0.3}},
    "annealed": {"kl_weight": {"type": "linear_warmup", "num_steps": 2}},
    "as_in_the_release": {"decoder": RELEASE, "length_normalize": True},
    "in_parts": {"decoder": {"hidden_dim": 7, "max_logits": 60}},
    "no_token_dropout": {"decoder": {"hidden_dim": 7, "token_dropout": 0.0}},
    "another_encoder": {"context_encoder": {"type": "boe", "embedding_dim": 6, "averaged": True}},
}


def naive_lstm(lstm: Any, vectors: torch.Tensor, suffix: str) -> torch.Tensor:
    """The last state of one direction of the encoder."""
    weights = [
        getattr(lstm, f"{name}_l0{suffix}")
        for name in ("weight_ih", "bias_ih", "weight_hh", "bias_hh")
    ]
    h = c = torch.zeros(lstm.hidden_size, dtype=vectors.dtype)
    for x in vectors:
        i, f, g, o = (weights[0] @ x + weights[1] + weights[2] @ h + weights[3]).chunk(4)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
    return h


class Naive:
    """The terms of the bound for one sentence, calculated from given noise."""

    def __init__(self, model: Any, words: List[int], entities: List[int]) -> None:
        part = model.representation
        self.model, self.words = model, words
        self.embeddings = part.word_embedding.weight
        x, y = part.entity_embedding.weight[torch.tensor(entities)]
        self.pair = torch.cat([x, y, x * y])
        vectors = self.embeddings[torch.tensor(words)]
        if hasattr(part.context_encoder, "_module"):
            lstm = part.context_encoder._module
            forward = naive_lstm(lstm, vectors, "")
            backward = naive_lstm(lstm, vectors.flip(0), "_reverse")
            context = torch.cat([forward, backward])  # eq. 9
        else:
            context = vectors.mean(0)
        self.q = self._gaussian(part.inference, torch.cat([context, self.pair]))

    def _gaussian(self, network: Any, x: torch.Tensor) -> torch.distributions.Normal:
        for layer in network.feedforward._linear_layers:
            x = (layer.weight @ x + layer.bias).relu()
        mean = network.mean.weight @ x + network.mean.bias
        log_variance = network.log_variance.weight @ x + network.log_variance.bias
        log_variance = 10 * (log_variance / 10).tanh()
        return torch.distributions.Normal(mean, (log_variance / 2).exp())

    def relation(self, u: torch.Tensor) -> torch.distributions.Normal:
        network = self.model.representation.prior
        return self._gaussian(network, torch.cat([self.pair, u]))

    def kl(self) -> torch.Tensor:
        zeros = torch.zeros_like(self.q.mean)
        standard = torch.distributions.Normal(zeros, zeros + 1)
        return torch.distributions.kl_divergence(self.q, standard).sum()

    def reconstruction(self, noise: torch.Tensor, is_dropped: torch.Tensor) -> torch.Tensor:
        u_noise, z_noise = noise.split([3, 4])
        u = self.q.mean + self.q.stddev * u_noise
        p = self.relation(u)
        z = p.mean + p.stddev * z_noise
        dropped = is_dropped.tolist()
        return naive_log_likelihood(self.model.decoder, self.words, dropped, z, self.embeddings)


def naive_terms(model: Any, tensors: Dict[str, Any], seed: int) -> List[torch.Tensor]:
    """The reconstruction and the divergence, `[B]`, of a training forward pass, sentence by
    sentence."""
    words = tensors["tokens"]["tokens"]["tokens"]
    entities = tensors["entities"]["entities"]["tokens"]
    (num_rows, length), num_samples = words.shape, model.num_samples
    torch.manual_seed(seed)
    noise = torch.randn(num_samples, num_rows, 7, dtype=torch.double)
    is_dropped = torch.zeros(num_samples * num_rows, length, dtype=torch.bool)
    if model.decoder.token_dropout:
        is_dropped = torch.rand(is_dropped.shape) < model.decoder.token_dropout
    reconstruction, kl = [], []
    for row in range(num_rows):
        sentence = [word for word in words[row].tolist() if word]
        naive = Naive(model, sentence, entities[row].tolist())
        of_samples = [
            naive.reconstruction(noise[s, row], is_dropped[s * num_rows + row])
            for s in range(num_samples)
        ]
        reconstruction.append(torch.stack(of_samples).mean())
        kl.append(naive.kl())
    return [torch.stack(reconstruction), torch.stack(kl)]


@pytest.fixture(scope="module")
def batch() -> Any:
    return batch_of(toy_relations.sentences(6, labelled=False))


@pytest.mark.parametrize("changes", OPTIONS.values(), ids=list(OPTIONS))
def test_loss_and_gradients_are_those_of_the_equations(batch: Any, changes: Dict[str, Any]) -> None:
    tensors, vocab, _ = batch
    torch.manual_seed(1)
    model = build(RELVM, vocab, **changes).double().train()
    schedule = changes.get("kl_weight", {})
    is_annealed = schedule.get("type") == "linear_warmup"
    for beta in [0.0, 0.5, 1.0, 1.0] if is_annealed else [schedule.get("value", 1.0)]:
        torch.manual_seed(2)
        loss = model(**tensors)["loss"]
        reconstruction, kl = naive_terms(model, tensors, seed=2)
        mask = tensors["tokens"]["tokens"]["tokens"] != 0
        if model.length_normalize:
            reconstruction = reconstruction / mask.sum(1)
        expected = -(reconstruction - beta * kl).mean()
        assert_same_function([loss], [expected], list(model.parameters()))


def test_output_and_metrics_are_the_bound_with_full_weight(batch: Any) -> None:
    tensors, vocab, _ = batch
    model = build(
        RELVM, vocab, length_normalize=True, kl_weight={"type": "linear_warmup", "num_steps": 9}
    ).eval()
    output = model(**tensors)
    torch.testing.assert_close(output["elbo"], output["reconstruction"] - output["kl"])
    assert output["representation"].shape == (6, 4)
    metrics = model.get_metrics(reset=True)
    for name in ("elbo", "reconstruction", "kl"):
        assert metrics[name] == pytest.approx(float(output[name].mean()), rel=1e-5)
    num_words = int((tensors["tokens"]["tokens"]["tokens"] != 0).sum())
    expected = math.exp(-float(output["elbo"].sum()) / num_words)
    assert metrics["perplexity"] == pytest.approx(expected, rel=1e-5)
    assert model.get_metrics()["elbo"] == 0.0


def test_rows_of_padding_do_not_count(batch: Any) -> None:
    tensors, vocab, _ = batch
    model = build(RELVM, vocab).eval()
    metadata = [{"is_padding": row > 1} for row in range(6)]
    output = model(**{**tensors, "metadata": metadata})
    assert model.get_metrics()["kl"] == pytest.approx(float(output["kl"][:2].mean()), rel=1e-5)
    model(**{**tensors, "metadata": [{"is_padding": True}] * 6})
    assert model.get_metrics()["kl"] == pytest.approx(float(output["kl"][:2].mean()), rel=1e-5)


def test_labels_are_not_looked_at() -> None:
    tensors, vocab, _ = batch_of(toy_relations.sentences(6))
    model = build(RELVM, vocab).eval()
    loss = model(**tensors)["loss"]
    tensors.pop("label")
    assert torch.equal(model(**tensors)["loss"], loss)


def test_bound_is_below_an_importance_weighted_estimate() -> None:
    """log p(c | x, y) from many samples. With one sample each, and with the divergence in closed
    form, its expectation is the bound (eq. 6)."""
    tensors, vocab, _ = batch_of(toy_relations.sentences(8, labelled=False))
    torch.manual_seed(1)
    model = build(RELVM, vocab, num_samples=400).double().eval()
    optimizer = torch.optim.Adam(model.parameters(), 0.02)
    model.num_samples = 1
    for _ in range(40):
        model.train()
        optimizer.zero_grad()
        model(**tensors)["loss"].backward()
        optimizer.step()
    model.eval()
    model.num_samples = 400
    with torch.no_grad():
        elbo = model(**tensors)["elbo"]
        words = tensors["tokens"]["tokens"]["tokens"]
        mask = words != 0
        part = model.representation
        pairs = part.pair_vectors(tensors["entities"]["entities"]["tokens"])
        q = part.infer(pairs, words, mask)
        u_noise, z_noise = torch.randn(400, 8, 7, dtype=torch.double).split([3, 4], dim=2)
        u = q.sample(u_noise)
        z = part.relation(pairs, u).sample(z_noise)
        log_q = torch.distributions.Normal(q.mean, (q.log_variance / 2).exp()).log_prob(u).sum(2)
        log_u = torch.distributions.Normal(0, 1).log_prob(u).sum(2)
        log_c = model.decoder(words, mask, z, part.word_embedding)
        weights = log_c + log_u - log_q
        estimate = weights.logsumexp(0) - math.log(400)
    assert (estimate >= elbo - 0.1).all()
    assert (estimate - elbo).mean() > 0
    # The same bound, with a divergence that is estimated from samples.
    torch.testing.assert_close(weights.mean(0), elbo, rtol=0, atol=0.3)


def test_without_the_divergence_and_with_certain_relations_it_is_a_language_model(
    batch: Any,
) -> None:
    tensors, vocab, _ = batch
    model = build(RELVM, vocab, kl_weight={"type": "constant", "value": 0.0}).double().eval()
    torch.nn.init.zeros_(model.representation.prior.mean.weight)
    model.noise.bank.zero_()
    z = model.representation.prior.mean.bias
    expected = [
        naive_log_likelihood(
            model.decoder,
            [word for word in row if word],
            [False] * len(row),
            z,
            model.representation.word_embedding.weight,
        )
        for row in tensors["tokens"]["tokens"]["tokens"].tolist()
    ]
    torch.testing.assert_close(model(**tensors)["loss"], -torch.stack(expected).mean())


def test_half_precision_gives_finite_loss_and_gradients(batch: Any) -> None:
    tensors, vocab, _ = batch
    torch.manual_seed(1)
    model = build(RELVM, vocab).eval()
    expected = model(**tensors)["loss"]
    with torch.autocast("cpu", torch.bfloat16):
        loss = model(**tensors)["loss"]
    model.bf16 = True
    assert torch.equal(model(**tensors)["loss"], loss)
    assert loss.dtype == torch.float
    assert loss != expected
    torch.testing.assert_close(loss, expected, rtol=0.02, atol=0.02)
    loss.backward()
    assert all(parameter.grad.isfinite().all() for parameter in model.parameters())
    assert build(RELVM, vocab, bf16=True).bf16


def trained(steps: int, **changes: Any) -> Dict[str, float]:
    """The metrics of a model that has learned from sentences of two kinds. All words of the two
    kinds differ."""
    kinds = ["<ENT> alpha <ENT> beta gamma alpha", "one <ENT> two three two <ENT> one three"]
    lines = [
        {"tokens": kind.split(), "entities": ["Gene", "Disease"]}
        for kind in kinds
        for _ in range(8)
    ]
    tensors, vocab, _ = batch_of(lines)
    torch.manual_seed(1)
    model = build(RELVM, vocab, **changes).train()
    optimizer = torch.optim.Adam(model.parameters(), 0.01)
    for _ in range(steps):
        optimizer.zero_grad()
        model(**tensors)["loss"].backward()
        optimizer.step()
    model.get_metrics(reset=True)
    model.eval()
    with torch.no_grad():
        model(**tensors)
    metrics: Dict[str, float] = model.get_metrics()
    return metrics


def test_collapse_is_visible_and_annealing_with_token_dropout_avoids_it() -> None:
    """The first word of a sentence determines all words after it. So a language model that sees the
    first word hardly needs z."""
    collapsed = trained(
        300,
        kl_weight={"type": "constant", "value": 1.0},
        decoder={"hidden_dim": 24, "token_dropout": 0.0},
    )
    avoided = trained(
        300,
        kl_weight={"type": "linear_warmup", "num_steps": 200},
        decoder={"hidden_dim": 24, "token_dropout": 0.5},
    )
    assert collapsed["active_units"] == 0
    assert collapsed["kl"] < 0.05
    assert avoided["active_units"] >= 1
    assert avoided["kl"] > 0.3


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"num_samples": 0}, "num_samples"),
        ({"word_embedding": {"embedding_dim": 6, "projection_dim": 3}}, "projection_dim"),
        ({"word_embedding": {"embedding_dim": 5}}, "word_embedding's output"),
        ({"decoder": {"hidden_dim": 7, "adaptive_cutoffs": [1000]}}, "last cluster"),
    ],
)
def test_wrong_settings_are_refused(batch: Any, changes: Dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        build(RELVM, batch[1], **changes)


def test_adaptive_softmax_learns_the_same_kind_of_thing(batch: Any) -> None:
    tensors, vocab, _ = batch
    decoder = {"hidden_dim": 7, "adaptive_cutoffs": [4, 9]}
    model = build(RELVM, vocab, decoder=decoder).train()
    optimizer = torch.optim.Adam(model.parameters(), 0.02)
    losses = []
    for _ in range(30):
        optimizer.zero_grad()
        loss = model(**tensors)["loss"]
        loss.backward()
        optimizer.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < losses[0] - 2


def test_noise_out_of_training_depends_on_the_sentence_alone(batch: Any) -> None:
    tensors, vocab, instances = batch
    model = build(RELVM, vocab).double().eval()
    together = model(**tensors)["elbo"]
    torch.manual_seed(77)
    for row, instance in enumerate(instances):
        alone = model(**Batch([instance]).as_tensor_dict())["elbo"]
        torch.testing.assert_close(alone[0], together[row])
    assert isinstance(model.noise, LatentNoise)
    words = tensors["tokens"]["tokens"]["tokens"]
    assert len(set(content_keys(words, words != 0).tolist())) > 1


class TestRelvm(ModelTestCase):
    @pytest.fixture(autouse=True)
    def write_config(self, tmp_path: Path) -> None:
        self.data = toy_relations.write(
            tmp_path / "data.jsonl", toy_relations.sentences(16, labelled=False)
        )
        self.config = tmp_path / "config.json"
        model = {**RELVM, "kl_weight": {"type": "linear_warmup", "num_epochs": 1}}
        config = toy_relations.experiment(model, self.data)
        config["trainer"]["validation_metric"] = "+elbo"
        self.config.write_text(json.dumps(config))

    def test_trains_saves_and_loads(self) -> None:
        self.set_up_model(str(self.config), str(self.data))
        _, loaded = self.ensure_model_can_train_save_and_load(self.config)
        assert int(loaded.kl_weight.step) >= 4

    def test_batch_predictions_are_consistent(self) -> None:
        self.set_up_model(str(self.config), str(self.data))
        self.model.double()
        self.ensure_batch_predictions_are_consistent()

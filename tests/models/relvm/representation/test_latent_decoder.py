from typing import Any, Dict, List

import pytest
import torch
from allennlp.common.checks import ConfigurationError
from allennlp.modules import FeedForward
from allennlp.modules.token_embedders import Embedding
from allennlp.nn import Activation

from bio_ie.models.relvm.representation import LatentDecoder
from tests.models.relvm.representation.naive_decoder import naive_log_likelihood
from tests.modules.comparison import assert_same_function

SENTENCES = [[4, 2, 7], [1, 3, 5, 2, 6, 2], [2], [6, 6, 1, 8]]
OPTIONS: Dict[str, Dict[str, Any]] = {
    "as_in_the_paper": {},
    "latent_feedforward": {"latent_feedforward": 6},
    "latent_in_output": {"latent_in_output": True},
    "as_in_the_release": {"latent_feedforward": 6, "latent_in_output": True},
    "in_parts": {"max_logits": 25},
    "nothing_dropped": {"token_dropout": 0.0},
    "all_dropped": {"token_dropout": 1.0},
}


def build(latent_feedforward: int = 0, **settings: Any) -> LatentDecoder:
    torch.manual_seed(1)
    if latent_feedforward:
        relu = Activation.by_name("relu")()
        settings["latent_feedforward"] = FeedForward(3, 1, latent_feedforward, relu)
    return LatentDecoder(3, 4, hidden_dim=5, **settings).double()


def batch(num_samples: int = 2) -> List[Any]:
    torch.manual_seed(2)
    words = torch.zeros(len(SENTENCES), 6, dtype=torch.long)
    for row, sentence in enumerate(SENTENCES):
        words[row, : len(sentence)] = torch.tensor(sentence)
    z = torch.randn(num_samples, len(SENTENCES), 3, dtype=torch.double, requires_grad=True)
    embedding = Embedding(embedding_dim=4, num_embeddings=9).double()
    return [words, words != 0, z, embedding]


@pytest.mark.parametrize("training", [True, False])
@pytest.mark.parametrize("settings", OPTIONS.values(), ids=list(OPTIONS))
def test_likelihood_is_that_of_the_equations_step_by_step(
    settings: Dict[str, Any], training: bool
) -> None:
    decoder = build(**settings).train(training)
    words, mask, z, embedding = batch()
    torch.manual_seed(3)
    found = decoder(words, mask, z, embedding)
    torch.manual_seed(3)
    is_dropped = torch.zeros(8, 6, dtype=torch.bool)
    if training and decoder.token_dropout:
        is_dropped = torch.rand(8, 6) < decoder.token_dropout
    expected = [
        naive_log_likelihood(
            decoder,
            sentence,
            is_dropped[4 * sample + row].tolist(),
            z[sample, row],
            embedding.weight,
        )
        for sample in range(2)
        for row, sentence in enumerate(SENTENCES)
    ]
    variables = [z, embedding.weight, *decoder.parameters()]
    assert_same_function([found.flatten()], [torch.stack(expected)], variables)


def test_padding_changes_nothing() -> None:
    decoder = build().eval()
    words, mask, z, embedding = batch()
    together = decoder(words, mask, z, embedding)
    for row, sentence in enumerate(SENTENCES):
        alone = decoder(
            words[row : row + 1, : len(sentence)],
            mask[row : row + 1, : len(sentence)],
            z[:, row : row + 1],
            embedding,
        )
        torch.testing.assert_close(alone[:, 0], together[:, row])


def test_the_relation_is_seen_at_every_step() -> None:
    decoder = build().eval()
    words, mask, z, embedding = batch(1)
    before = torch.zeros(1, 1, dtype=torch.double)
    for length in range(1, 7):
        log_p = decoder(words[1:2, :length], mask[1:2, :length], z[:, 1:2], embedding)
        (gradient,) = torch.autograd.grad(log_p - before, z)
        assert (gradient[0, 1] != 0).all()
        before = log_p.detach()


def test_with_one_relation_for_all_it_is_a_plain_language_model() -> None:
    decoder = build().eval()
    words, mask, _, embedding = batch(1)
    z = torch.zeros(1, len(SENTENCES), 3, dtype=torch.double)
    plain = torch.nn.LSTM(4, 5, batch_first=True).double()
    plain.weight_ih_l0.data = decoder.lstm.weight_ih_l0.data[:, 3:]
    for name in ("weight_hh_l0", "bias_ih_l0", "bias_hh_l0"):
        getattr(plain, name).data = getattr(decoder.lstm, name).data
    shifted = torch.nn.functional.pad(embedding(words), (0, 0, 1, -1))
    hidden = plain(shifted)[0]
    scores = decoder.softmax.projection(hidden) @ embedding.weight.T
    log_p = scores.log_softmax(2).gather(2, words.unsqueeze(2)).squeeze(2)
    expected = (log_p * mask).sum(1)
    torch.testing.assert_close(decoder(words, mask, z, embedding)[0], expected)


def test_half_precision_gives_finite_single_precision() -> None:
    words, mask, z, embedding = batch()
    decoder, embedding = build().float(), embedding.float()
    with torch.autocast("cpu", torch.bfloat16):
        log_p = decoder(words, mask, z.float(), embedding)
    assert log_p.dtype == torch.float
    log_p.sum().backward()
    assert all(parameter.grad.isfinite().all() for parameter in decoder.parameters())


def test_wrong_settings_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="token_dropout"):
        build(token_dropout=1.5)
    feedforward = FeedForward(4, 1, 6, Activation.by_name("relu")())
    with pytest.raises(ConfigurationError, match="latent_feedforward"):
        LatentDecoder(3, 4, hidden_dim=5, latent_feedforward=feedforward)

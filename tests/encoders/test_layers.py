import copy

import pytest
import torch
from allennlp.common.checks import ConfigurationError
from torch.testing import assert_close
from transformers import AlbertConfig, AutoModel, PerceiverConfig

from bio_ie.encoders import changed_after, checkpoint_layers, encoder_layers, load_encoder
from tests.encoders.tiny_encoders import FAMILIES, save_encoder

NAMES = [family for family in FAMILIES if " " not in family]
IDS = torch.arange(10, 30).view(2, 10)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    return {family: save_encoder(family, tmp_path_factory.mktemp(family)) for family in NAMES}


def tiny(folders, family: str) -> torch.nn.Module:
    return load_encoder(folders[family], dropout=None).double().eval()


@pytest.mark.parametrize("family", NAMES)
def test_layers_above_and_none_below_read_the_changed_vectors(folders, family: str) -> None:
    encoder = tiny(folders, family)
    depth = len(encoder_layers(encoder))
    assert depth == encoder.config.num_hidden_layers
    before = encoder(IDS, output_hidden_states=True)
    scale = torch.linspace(0.5, 1.5, 16, dtype=torch.double)
    for layer in range(1, depth + 1):
        given = []

        def change(vectors, given=given):
            given.append(vectors)
            return vectors * scale

        with changed_after(encoder, layer, change):
            output = encoder(IDS, output_hidden_states=True)

        assert len(given) == 1
        changed = [
            not torch.allclose(one, other)
            for one, other in zip(output.hidden_states, before.hidden_states, strict=True)
        ]
        assert changed == [False] * layer + [True] * (depth + 1 - layer)
        if layer < depth:
            assert_close(given[0][:, : IDS.size(1)], before.hidden_states[layer])
            assert_close(output.hidden_states[layer], before.hidden_states[layer] * scale)
    assert torch.equal(encoder(IDS).last_hidden_state, before.last_hidden_state)


@pytest.mark.parametrize("layer", [1, 2])
def test_change_is_what_layers_called_by_hand_read(folders, layer: int) -> None:
    encoder = tiny(folders, "bert")
    weight = torch.randn(16, 16, dtype=torch.double, requires_grad=True)

    def change(vectors: torch.Tensor) -> torch.Tensor:
        return vectors + torch.tanh(vectors @ weight)

    vectors = encoder.embeddings(IDS)
    for number, module in enumerate(encoder.encoder.layer, 1):
        output = module(vectors)
        vectors = output[0] if isinstance(output, tuple) else output
        if number == layer:
            vectors = change(vectors)
    with changed_after(encoder, layer, change):
        found = encoder(IDS).last_hidden_state

    assert_close(found, vectors)
    parameters = [weight, *(p for p in encoder.parameters() if p.requires_grad)]
    kwargs = {"allow_unused": True}
    scale = torch.randn_like(found)
    assert_close(
        torch.autograd.grad((found * scale).sum(), parameters, **kwargs),
        torch.autograd.grad((vectors * scale).sum(), parameters, **kwargs),
    )


@pytest.mark.parametrize("family", NAMES)
def test_checkpointed_layers_with_a_change_have_the_same_gradients(folders, family: str) -> None:
    weight = torch.randn(16, 16, requires_grad=True)
    calls, found = [], []

    def change(vectors: torch.Tensor) -> torch.Tensor:
        calls.append(1)
        return vectors + torch.tanh(vectors @ weight)

    for checkpointing in (False, True):
        encoder = tiny(folders, family).float()  # Longformer has no gradients in double precision
        if checkpointing:
            checkpoint_layers(encoder)
            encoder = copy.deepcopy(encoder)
        with changed_after(encoder, 1, change):
            output = encoder(IDS, output_hidden_states=True)
        loss = sum(vectors.square().sum() for vectors in output.hidden_states)
        parameters = [parameter for parameter in encoder.parameters() if parameter.requires_grad]
        # The change is over when gradients are computed.
        found.append(torch.autograd.grad(loss, [weight, *parameters], allow_unused=True))

    assert_close(found[1], found[0])
    assert len(calls) == 2
    assert found[0][0].abs().sum() > 0


def test_copy_of_checkpointed_layers_computes_with_its_own_weights(folders) -> None:
    encoder = tiny(folders, "bert")
    checkpoint_layers(encoder)
    other = copy.deepcopy(encoder)
    with torch.no_grad():
        for parameter in encoder.encoder.parameters():
            parameter.zero_()

    assert not torch.allclose(other(IDS).last_hidden_state, encoder(IDS).last_hidden_state)


def test_layers_that_share_weights_are_changed_one_at_a_time() -> None:
    config = AlbertConfig(
        vocab_size=90, embedding_size=8, hidden_size=16, num_hidden_layers=5, num_hidden_groups=2,
        num_attention_heads=2, intermediate_size=24, max_position_embeddings=40,
    )  # fmt: skip
    encoder = AutoModel.from_config(config).eval()
    before = encoder(IDS, output_hidden_states=True).hidden_states
    for layer in range(1, 6):
        with changed_after(encoder, layer, lambda vectors: vectors + 1.0):
            for _ in range(2):
                after = encoder(IDS, output_hidden_states=True).hidden_states
                changed = [not torch.equal(*pair) for pair in zip(before, after, strict=True)]
                assert changed == [False] * layer + [True] * (6 - layer)


def test_unknown_layers_are_an_error() -> None:
    config = PerceiverConfig(num_latents=2, d_latents=8, d_model=8, num_self_attends_per_block=1)
    config.num_hidden_layers = 7

    with pytest.raises(ConfigurationError, match="'perceiver' are not known"):
        encoder_layers(AutoModel.from_config(config))

import builtins
from pathlib import Path
from typing import Any, Dict

import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.modules.token_embedders import TokenEmbedder
from torch.testing import assert_close

from bio_ie.encoders import Lora, add_lora, load_encoder, merge_lora
from bio_ie.modules.token_embedders import PretrainedTransformerWordsEmbedder
from tests.encoders.tiny_encoders import FAMILIES, save_encoder

NAMES = [family for family in FAMILIES if " " not in family]
IDS = torch.arange(10, 30).view(2, 10)


@pytest.fixture
def has_peft() -> None:
    pytest.importorskip("peft")


@pytest.fixture(scope="module")
def bert(tmp_path_factory) -> str:
    return save_encoder("bert", tmp_path_factory.mktemp("bert"))


def embedder_of(folder: str, lora: Any, **settings: Any) -> PretrainedTransformerWordsEmbedder:
    torch.manual_seed(0)
    part = {"type": "pretrained_transformer_words", "model_name": folder, "lora": lora, **settings}
    embedder = TokenEmbedder.from_params(Params(part))
    assert isinstance(embedder, PretrainedTransformerWordsEmbedder)
    return embedder


def inputs() -> Dict[str, torch.Tensor]:
    words = torch.arange(10).expand(2, 1, 10)
    return {
        "token_ids": IDS.unsqueeze(1),
        "wordpiece_mask": torch.ones(2, 1, 10, dtype=torch.bool),
        "word_ids": words,
        "mask": torch.ones(2, 10, dtype=torch.bool),
    }


def train(embedder: torch.nn.Module, steps: int = 3) -> None:
    optimizer = torch.optim.Adam([p for p in embedder.parameters() if p.requires_grad], lr=0.01)
    for _ in range(steps):
        optimizer.zero_grad()
        (embedder(**inputs()) - 1.0).square().mean().backward()
        optimizer.step()


@pytest.mark.usefixtures("has_peft")
@pytest.mark.parametrize("family", NAMES)
@pytest.mark.parametrize("settings", [{}, {"gradient_checkpointing": True}, {"dtype": "bfloat16"}])
def test_adapters_alone_are_trained(family: str, settings: Any, tmp_path: Path) -> None:
    folder = save_encoder(family, tmp_path)
    plain = PretrainedTransformerWordsEmbedder(folder, dtype=settings.get("dtype", "float32"))
    embedder = embedder_of(folder, {"rank": 4, "alpha": 16.0, "dropout": 0.1}, **settings)
    before = {name: value.clone() for name, value in embedder.state_dict().items()}
    trained = {name for name, parameter in embedder.named_parameters() if parameter.requires_grad}

    # The adapters change nothing at first.
    rounding = 0.05 if "dtype" in settings else 1e-6
    assert_close(embedder.eval()(**inputs()), plain.eval()(**inputs()), atol=rounding, rtol=0)
    assert trained
    assert all(".lora_" in name for name in trained)
    train(embedder.train())
    changed = set()
    for name, parameter in embedder.named_parameters():
        assert (parameter.grad is not None) == (name in trained), name
        if not torch.equal(parameter, before[name]):
            changed.add(name)
    # Attention of such a small encoder has hardly a gradient.
    assert changed <= trained
    assert len(changed) > len(trained) / 2
    assert {p.dtype for n, p in embedder.named_parameters() if n in trained} == {torch.float32}


@pytest.mark.usefixtures("has_peft")
@pytest.mark.parametrize("family", NAMES)
def test_merged_adapters_compute_the_same_without_them(family: str, tmp_path: Path) -> None:
    embedder = embedder_of(save_encoder(family, tmp_path), {"rank": 2})
    names = set(load_encoder(str(tmp_path)).state_dict())
    train(embedder.train())
    expected = embedder.eval()(**inputs())
    merge_lora(embedder)

    assert_close(embedder(**inputs()), expected, atol=1e-5, rtol=1e-5)
    assert set(embedder.encoder.state_dict()) == names
    merge_lora(embedder)
    assert_close(embedder(**inputs()), expected, atol=1e-5, rtol=1e-5)


@pytest.mark.usefixtures("has_peft")
def test_adapters_of_weights_of_half_precision_stay(bert: str) -> None:
    embedder = embedder_of(bert, {}, dtype="bfloat16")
    names = set(embedder.state_dict())
    merge_lora(embedder)

    assert set(embedder.state_dict()) == names


@pytest.mark.usefixtures("has_peft")
def test_scale_is_alpha_by_rank(bert: str) -> None:
    small, large = (
        embedder_of(bert, {"rank": 2, "alpha": alpha, "modules": ["layer.0.attention.self.query"]})
        for alpha in (1.0, 3.0)
    )
    for embedder in (small, large):
        for name, parameter in embedder.named_parameters():
            if "lora_" in name:
                torch.nn.init.constant_(parameter, 0.1)
        merge_lora(embedder)
    plain = load_encoder(bert).encoder.layer[0].attention.self.query.weight
    changes = [
        embedder.encoder.encoder.layer[0].attention.self.query.weight - plain
        for embedder in (small, large)
    ]

    assert_close(changes[0], torch.full((16, 16), 1.0 / 2 * 2 * 0.1 * 0.1))
    assert_close(changes[1], 3 * changes[0])
    assert Lora(rank=3).alpha == 6.0


@pytest.mark.usefixtures("has_peft")
def test_modules_are_chosen_by_the_ends_of_their_names(bert: str) -> None:
    encoder = load_encoder(bert)
    add_lora(encoder, Lora(modules=["query", "0.output.dense"]))
    adapted = {
        name.partition(".lora_A")[0] for name, _ in encoder.named_modules() if "lora_A" in name
    }

    assert adapted == {
        "encoder.layer.0.attention.self.query",
        "encoder.layer.1.attention.self.query",
        "encoder.layer.0.output.dense",
    }


@pytest.mark.usefixtures("has_peft")
def test_modules_that_the_encoder_lacks_are_an_error_that_names_those_it_has(bert: str) -> None:
    with pytest.raises(
        ConfigurationError, match=r"no q_proj or v_proj .*; it has dense, key, query"
    ):
        embedder_of(bert, {"modules": ["q_proj", "v_proj"]})


def test_encoder_without_adapters_has_nothing_to_merge(bert: str) -> None:
    encoder = load_encoder(bert)
    merge_lora(encoder)

    assert set(encoder.state_dict()) == set(load_encoder(bert).state_dict())


def test_missing_library_is_an_error_with_the_command(bert: str, monkeypatch) -> None:
    load = builtins.__import__

    def without_peft(name: str, *args: Any, **kwargs: Any) -> Any:
        if name == "peft":
            raise ImportError(name)
        return load(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without_peft)
    with pytest.raises(ConfigurationError, match=r"pip install 'bio_ie\[lora\]'"):
        embedder_of(bert, {})


@pytest.mark.parametrize(
    "lora, settings, message",
    [
        ({"rank": 0}, {}, "rank of lora must be positive, not 0"),
        ({"dropout": 1.0}, {}, "dropout of lora must be at least 0 and less than 1"),
        ({}, {"train_parameters": False}, "lora trains an encoder that"),
    ],
)
def test_wrong_settings_are_refused(bert: str, lora: Any, settings: Any, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        embedder_of(bert, lora, **settings)

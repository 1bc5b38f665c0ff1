from typing import Dict, Optional

import pytest
import torch
from allennlp.common.checks import ConfigurationError
from transformers import (
    AutoModel,
    BertConfig,
    LlamaConfig,
    ModernBertConfig,
    PretrainedConfig,
    T5Config,
)

from bio_ie.encoders import load_encoder
from bio_ie.encoders.dropout import set_dropout
from tests.encoders.tiny_encoders import FAMILIES, save_encoder

BERT = {"hidden_dropout_prob": 0.2, "attention_probs_dropout_prob": 0.2}
GPT2 = {"resid_pdrop": 0.2, "embd_pdrop": 0.2, "attn_pdrop": 0.2}
RATES: Dict[str, Optional[Dict[str, float]]] = {
    **dict.fromkeys(["bert", "electra", "roberta", "longformer", "albert", "deberta-v2"], BERT),
    "roberta with a space before the text": BERT,
    "mpnet": BERT,
    "distilbert": {"dropout": 0.2, "attention_dropout": 0.2},
    "gpt2": GPT2,
    "t5": {"dropout_rate": 0.2},
    "llama": None,  # attention weights alone
    "qwen2": None,
    "qwen3": None,
    "modernbert": {"attention_dropout": 0.2, "embedding_dropout": 0.2, "mlp_dropout": 0.2},
}


def probabilities(encoder: torch.nn.Module) -> "set[float]":
    return {module.p for module in encoder.modules() if isinstance(module, torch.nn.Dropout)}


@pytest.mark.parametrize("family", FAMILIES)
def test_dropout_replaces_all_rates_of_the_family(family: str, tmp_path) -> None:
    folder, rates = save_encoder(family, tmp_path), RATES[family]
    if rates is None:
        with pytest.raises(ConfigurationError, match="for attention weights alone"):
            load_encoder(folder, dropout=0.2)
        encoder = load_encoder(folder, dropout=0.0, attention_dropout=0.3)
        assert encoder.config.attention_dropout == 0.3
        return
    encoder = load_encoder(folder, dropout=0.2)
    assert {name: getattr(encoder.config, name) for name in rates} == rates
    # A rate of 0 may be one that the family applies in no module.
    assert probabilities(encoder) - {0.0} <= {0.2}
    ids = torch.full((2, 8), 10)
    assert not torch.equal(
        encoder.train()(input_ids=ids).last_hidden_state,
        encoder.train()(input_ids=ids).last_hidden_state,
    )
    still = load_encoder(folder, dropout=0.0).train()
    assert torch.equal(
        still(input_ids=ids).last_hidden_state, still(input_ids=ids).last_hidden_state
    )


def test_modernbert_has_three_rates_and_a_classifier_that_is_not_used() -> None:
    config = ModernBertConfig()
    set_dropout(config, dropout=0.1, attention_dropout=0.3)

    assert (config.embedding_dropout, config.mlp_dropout, config.attention_dropout) == (
        0.1,
        0.1,
        0.3,
    )
    assert config.classifier_dropout == 0.0


def test_rate_without_a_place_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match=r"attention_dropout cannot be set .*'t5'"):
        set_dropout(T5Config(), attention_dropout=0.1)
    with pytest.raises(ConfigurationError, match=r"dropout cannot be set .*'other'"):
        set_dropout(_Other(), dropout=0.1)


class _Other(PretrainedConfig):  # type: ignore[misc]
    model_type = "other"


def test_stray_entry_of_a_config_is_no_place() -> None:
    config = LlamaConfig(hidden_dropout_prob=0.1)

    with pytest.raises(ConfigurationError, match="for attention weights alone"):
        set_dropout(config, dropout=0.2)


@pytest.mark.parametrize("rate", [-0.1, 1.0])
def test_rates_are_probabilities_below_1(rate: float) -> None:
    with pytest.raises(ConfigurationError, match="dropout must be at least 0"):
        set_dropout(BertConfig(), dropout=rate)


def test_other_rates_stay(tmp_path) -> None:
    folder = save_encoder("distilbert", tmp_path)
    own = AutoModel.from_pretrained(folder).config

    config = load_encoder(folder, attention_dropout=0.4).config

    assert (config.dropout, config.attention_dropout) == (own.dropout, 0.4)

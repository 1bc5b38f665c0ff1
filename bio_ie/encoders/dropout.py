"""The dropout rates of pretrained encoders, under the names that their families give them."""

import inspect
from typing import Any, List, Optional, Sequence

from allennlp.common.checks import ConfigurationError
from transformers import PretrainedConfig

ATTENTION_DROPOUT = ("attention_probs_dropout_prob", "attention_dropout", "attn_pdrop")
"""Rates of attention weights alone."""
OTHER_DROPOUT = (
    "hidden_dropout_prob",
    "hidden_dropout",
    "dropout",
    "dropout_rate",  # T5: attention weights too
    "embedding_dropout",
    "embed_dropout",
    "embd_pdrop",
    "mlp_dropout",
    "activation_dropout",
    "resid_dropout",
    "resid_pdrop",
)


def set_dropout(
    config: PretrainedConfig,
    dropout: Optional[float] = None,
    attention_dropout: Optional[float] = None,
) -> None:
    """Replaces dropout rates in an encoder's config.

    Raises `ConfigurationError` for a rate that the encoder's family has no place for.

    # Parameters

    config : `PretrainedConfig`
    dropout : `float`, optional
        Replaces all dropout rates. A family may have a rate for attention weights alone; it takes
        no other `dropout` than 0.
    attention_dropout : `float`, optional
        Replaces the dropout rate of attention weights alone, also where `dropout` is given.
    """
    attention = _settings(config, ATTENTION_DROPOUT)
    if dropout is not None:
        other = _settings(config, OTHER_DROPOUT)
        if attention and not other and dropout > 0:
            raise ConfigurationError(
                f"an encoder of type {config.model_type!r} has a dropout rate for attention "
                "weights alone: set attention_dropout in place of dropout"
            )
        _set(config, "dropout", dropout, [*other, *attention])
    if attention_dropout is not None:
        _set(config, "attention_dropout", attention_dropout, attention)


def _settings(config: PretrainedConfig, names: Sequence[str]) -> List[str]:
    """Those of `names` that the family has. A config may hold others, which no encoder reads."""
    classes: Any = type(config).__mro__
    own = {name for class_ in classes for name in inspect.signature(class_.__init__).parameters}
    return [name for name in names if name in own]


def _set(config: PretrainedConfig, name: str, rate: float, settings: Sequence[str]) -> None:
    if not 0.0 <= rate < 1.0:
        raise ConfigurationError(f"{name} must be at least 0 and less than 1, not {rate}")
    if not settings:
        raise ConfigurationError(
            f"{name} cannot be set for an encoder of type {config.model_type!r}"
        )
    for setting in settings:
        setattr(config, setting, rate)

"""The longest input of a pretrained encoder."""

from typing import Any, Dict, List, Optional

from transformers import PretrainedConfig, PreTrainedTokenizerFast

POSITIONS_AFTER_PADDING = frozenset(
    [
        "camembert",
        "data2vec-text",
        "esm",
        "ibert",
        "layoutlmv3",
        "lilt",
        "longformer",
        "luke",
        "markuplm",
        "mpnet",
        "roberta",
        "roberta-prelayernorm",
        "xlm-roberta",
        "xlm-roberta-xl",
        "xmod",
    ]
)
"""The families that number the pieces of a text from the one after the padding's index on."""


def longest_input(config: PretrainedConfig, tokenizer: PreTrainedTokenizerFast) -> int:
    """The largest number of wordpieces that the encoder takes, special ones included."""
    longest = tokenizer.model_max_length
    positions = _positions(config.get_text_config())
    return longest if positions is None else min(longest, positions)


def _positions(config: PretrainedConfig) -> Optional[int]:
    """The number of positions that the encoder has, or `None` if it is not limited (T5)."""
    positions = getattr(config, "max_position_embeddings", None)
    if not positions or positions < 0:
        return None
    if config.model_type in POSITIONS_AFTER_PADDING:
        # MPNet counts from its own padding whatever the config says.
        padding = 1 if config.model_type == "mpnet" else config.pad_token_id or 0
        return int(positions - padding - 1)
    return max(positions, *_stretched(getattr(config, "rope_parameters", None) or {}))


def _stretched(rope: Dict[str, Any]) -> List[int]:
    """The numbers of positions after rotary ones are stretched, as YaRN does. Models of layers of
    several types have such settings for each type."""
    parts = [part for part in rope.values() if isinstance(part, dict)]
    original = rope.get("original_max_position_embeddings")
    own = int(original * rope.get("factor", 1.0)) if original else 0
    return [own, *(length for part in parts for length in _stretched(part))]

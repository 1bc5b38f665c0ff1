"""The longest input of a pretrained encoder."""

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
    positions = getattr(config, "max_position_embeddings", None)
    if not positions or positions < 0:
        return longest
    if config.model_type in POSITIONS_AFTER_PADDING:
        # MPNet counts from its own padding whatever the config says.
        padding = 1 if config.model_type == "mpnet" else config.pad_token_id or 0
        positions -= padding + 1
    return min(longest, positions)

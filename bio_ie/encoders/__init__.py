"""Pretrained encoders: where they are, and how they are loaded."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.encoders.archived_files import (
        encoder_files,
        has_trained_weights,
        trained_on_words_one_by_one,
    )
    from bio_ie.encoders.input_length import longest_input
    from bio_ie.encoders.layers import changed_after, checkpoint_layers, encoder_layers
    from bio_ie.encoders.loading import load_encoder, mask_id, reads_left_to_right
    from bio_ie.encoders.location import locate_encoder
    from bio_ie.encoders.lora import Lora, add_lora, merge_lora
    from bio_ie.encoders.reading import read_config, read_tokenizer
else:
    __getattr__ = lazy_exports(__name__)

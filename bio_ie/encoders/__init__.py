from bio_ie.encoders.archived_files import encoder_files, has_trained_weights
from bio_ie.encoders.loading import load_encoder, mask_id
from bio_ie.encoders.location import locate_encoder
from bio_ie.encoders.reading import read_config, read_tokenizer

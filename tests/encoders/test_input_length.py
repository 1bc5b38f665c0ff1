import json
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
from allennlp.common.checks import ConfigurationError
from transformers import MODEL_MAPPING, AutoModel, Qwen3Config

from bio_ie.data.token_indexers import PretrainedTransformerWordsIndexer
from bio_ie.encoders import longest_input, read_config, read_tokenizer
from bio_ie.encoders.input_length import POSITIONS_AFTER_PADDING
from tests.encoders.tiny_encoders import FAMILIES, save_encoder

OTHER_USERS = {
    # Of images or sound too:
    "altclip", "bridgetower", "clap", "kosmos-2", "kosmos-2.5", "seamless_m4t", "seamless_m4t_v2",
    "speech_to_text", "speecht5", "data2vec-audio", "data2vec-vision",
    # Of proteins too:
    "evolla", "EvollaModel",
    # With computed positions, which end nowhere:
    "m2m_100", "nllb-moe",
}  # fmt: skip


@pytest.mark.parametrize("family", [family for family in FAMILIES if family != "t5"])
@pytest.mark.parametrize("padding", [0, 1, 3])
def test_encoder_takes_its_longest_input_and_no_more(
    family: str, padding: int, tmp_path: Path
) -> None:
    folder = save_encoder(family, tmp_path)
    config = read_config(folder)
    config.pad_token_id = padding
    encoder = AutoModel.from_config(config).eval()
    longest = longest_input(config, read_tokenizer(folder))
    ids = torch.full((1, longest), 10)

    assert longest >= 36
    assert encoder(input_ids=ids).last_hidden_state.shape == (1, longest, 16)
    if family in ("roberta", "longformer", "mpnet", "bert"):
        with pytest.raises((IndexError, RuntimeError)):
            encoder(input_ids=torch.full((1, longest + 1), 10))


def test_indexer_refuses_more(tmp_path: Path) -> None:
    folder = save_encoder("roberta", tmp_path)  # its padding has index 0

    assert PretrainedTransformerWordsIndexer(folder, max_length=39)
    with pytest.raises(ConfigurationError, match="takes at most 39 wordpieces"):
        PretrainedTransformerWordsIndexer(folder, max_length=40)


def test_shorter_limit_of_the_tokenizer_counts(tmp_path: Path) -> None:
    folder = save_encoder("roberta", tmp_path)
    settings = json.loads((tmp_path / "tokenizer_config.json").read_text())
    (tmp_path / "tokenizer_config.json").write_text(
        json.dumps({**settings, "model_max_length": 20})
    )

    assert longest_input(read_config(folder), read_tokenizer(folder)) == 20


def test_stretched_rotary_positions_count(tmp_path: Path) -> None:
    tokenizer = read_tokenizer(save_encoder("qwen3", tmp_path))
    yarn = {
        "rope_type": "yarn",
        "rope_theta": 10000.0,
        "factor": 4.0,
        "original_max_position_embeddings": 40,
    }
    lengths = [
        longest_input(
            Qwen3Config(max_position_embeddings=positions, rope_parameters=rope), tokenizer
        )
        for positions, rope in [(40, yarn), (200, yarn), (40, None)]
    ]

    assert lengths == [160, 200, 40]


def test_encoder_without_a_table_of_positions_takes_what_its_tokenizer_says(tmp_path: Path) -> None:
    folder = save_encoder("t5", tmp_path)
    config, tokenizer = read_config(folder), read_tokenizer(folder)
    tokenizer.model_max_length = 512

    assert longest_input(config, tokenizer) == 512


def test_families_that_count_from_the_padding_are_those_of_the_library() -> None:
    """Reads the code of all models, because a family that is missing fails only on long texts."""
    models = Path(find_spec("transformers").origin).parent / "models"
    found = set()
    for config_class in MODEL_MAPPING:
        folder = config_class.__module__.split(".")[2]
        files = (models / folder).glob("modeling_*.py")
        sources = [file.read_text("utf-8") for file in files if "_tf_" not in file.name]
        if any("create_position_ids_from_input_ids(" in source for source in sources):
            found.add(config_class.model_type)

    assert found - OTHER_USERS == POSITIONS_AFTER_PADDING

"""What `pretrained_transformer_words` promises, for each family of encoders."""

import shutil
from pathlib import Path
from typing import Any, Dict, List

import pytest
import torch
from allennlp.data import Batch, Instance, Vocabulary
from allennlp.data.fields import TextField
from torch.testing import assert_close
from transformers import AutoModel, AutoModelForTextEncoding
from transformers.pytorch_utils import Conv1D

from bio_ie.data.token_indexers import PretrainedTransformerWordsIndexer
from bio_ie.encoders import encoder_files, encoder_layers, read_config, reads_left_to_right
from bio_ie.modules.token_embedders import PretrainedTransformerWordsEmbedder
from bio_ie.text.tokenizers import ScispacyRulesTokenizer
from tests.encoders.tiny_encoders import DECODERS, FAMILIES, SENTENCES, save_encoder

NAMES = [family for family in FAMILIES if " " not in family]
TEXTS = ["A val (valproate) induced rash, then fever.", "rash", "Val and fever."]
LONG = " ".join(SENTENCES)


@pytest.fixture(scope="module", params=NAMES)
def family(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def folder(family: str, tmp_path_factory) -> str:
    return save_encoder(family, tmp_path_factory.mktemp("encoder"))


def tensors(folder: str, texts: List[str], **settings: Any) -> Dict[str, torch.Tensor]:
    indexer = PretrainedTransformerWordsIndexer(folder, **settings)
    tokenizer = ScispacyRulesTokenizer()
    batch = Batch(
        [Instance({"words": TextField(tokenizer.tokenize(t), {"t": indexer})}) for t in texts]
    )
    batch.index_instances(Vocabulary())
    return batch.as_tensor_dict()["words"]["t"]


def embedder_of(folder: str, **settings: Any) -> PretrainedTransformerWordsEmbedder:
    torch.manual_seed(0)
    return PretrainedTransformerWordsEmbedder(folder, **settings)


def gradients(embedder: torch.nn.Module, vectors: torch.Tensor) -> Dict[str, torch.Tensor]:
    embedder.zero_grad()
    vectors.square().sum().backward()
    return {
        name: parameter.grad
        for name, parameter in embedder.named_parameters()
        if parameter.requires_grad
    }


def test_vectors_do_not_depend_on_the_padding(folder: str) -> None:
    embedder = embedder_of(folder).double().eval()
    together = embedder(**tensors(folder, [*TEXTS, ""]))

    for row, text in enumerate(TEXTS):
        (alone,) = embedder(**tensors(folder, [text]))
        assert_close(together[row, : len(alone)], alone, atol=1e-6, rtol=1e-5)
        assert (together[row, len(alone) :] == 0).all()
    assert (together[-1] == 0).all()


def test_windows_of_a_long_text_are_each_encoded_as_a_text_of_their_own(folder: str) -> None:
    embedder = embedder_of(folder).double().eval()
    inputs = tensors(folder, [LONG, "rash"], max_length=36, overlap=8)
    ids, mask, words = (inputs[key][0] for key in ("token_ids", "wordpiece_mask", "word_ids"))
    found = embedder(**inputs)

    assert len(ids) > 2
    expected = torch.zeros_like(found[0])
    for window in range(len(ids)):
        length = int(mask[window].sum())
        vectors = embedder.encoder(ids[window : window + 1, :length]).last_hidden_state[0]
        places = range(length) if embedder._sub_token_mode == "last" else reversed(range(length))
        for place in places:
            if words[window, place] >= 0:
                expected[words[window, place]] = vectors[place]
    assert_close(found[0], expected)


def test_every_parameter_gets_a_finite_gradient_even_from_empty_texts(folder: str) -> None:
    for texts in (TEXTS, ["", ""], ["rash", ""]):
        embedder = embedder_of(folder, last_layer_only=False).train()
        vectors = embedder(**tensors(folder, texts, token_min_padding_length=1))
        for gradient in gradients(embedder, vectors).values():
            assert gradient is not None
            assert gradient.isfinite().all()


def test_layers_are_mixed(family: str, folder: str) -> None:
    inputs = tensors(folder, TEXTS)
    embedder = embedder_of(folder, last_layer_only=False).eval()
    layers = embedder.encode(
        inputs["token_ids"][:, 0], inputs["wordpiece_mask"][:, 0], output_hidden_states=True
    ).hidden_states[1:]
    assert len(layers) == embedder.num_layers == len(encoder_layers(embedder.encoder))

    for wanted in range(len(layers)):
        for number, weight in enumerate(embedder.scalar_mix.scalar_parameters):
            torch.nn.init.constant_(weight, 30.0 if number == wanted else -30.0)
        found = embedder.embed_wordpieces(inputs["token_ids"][:, 0], inputs["wordpiece_mask"][:, 0])
        assert_close(found, layers[wanted], atol=1e-5, rtol=1e-5)


def test_frozen_encoder_has_no_gradient_and_no_dropout(folder: str) -> None:
    embedder = embedder_of(folder, train_parameters=False).train()
    inputs = tensors(folder, TEXTS)

    assert torch.equal(embedder(**inputs), embedder(**inputs))
    assert not embedder(**inputs).requires_grad
    assert not any(parameter.requires_grad for parameter in embedder.parameters())


@pytest.mark.parametrize("last_layer_only", [True, False])
def test_gradient_checkpointing_computes_layers_twice_to_the_same_gradients(
    folder: str, last_layer_only: bool
) -> None:
    inputs = tensors(folder, TEXTS)
    found, calls = [], []
    for checkpointing in (False, True):
        embedder = embedder_of(
            folder,
            last_layer_only=last_layer_only,
            gradient_checkpointing=checkpointing,
        ).train()
        for module in embedder.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0
        linear = [
            module
            for module in encoder_layers(embedder.encoder)[-1].modules()
            if type(module) in (torch.nn.Linear, Conv1D)
        ]
        linear[0].register_forward_hook(lambda *args: calls.append(1))
        found.append(gradients(embedder, embedder(**inputs)))
        calls.append(0)

    assert_close(found[1], found[0])
    first = calls.index(0)
    assert sum(calls[first:]) == 2 * sum(calls[:first]) > 0


def test_bfloat16_is_close_to_full_precision(folder: str) -> None:
    inputs = tensors(folder, TEXTS)
    full = embedder_of(folder).eval()(**inputs)
    for settings in ({"bf16": True}, {"dtype": "bfloat16"}):
        vectors = embedder_of(folder, **settings).eval()(**inputs)
        assert vectors.dtype == torch.float32
        assert not torch.equal(vectors, full)
        assert (vectors - full).norm() < 0.03 * full.norm()


def test_weights_cast_once_for_bf16_give_the_same_vectors(folder: str) -> None:
    inputs = tensors(folder, TEXTS)
    embedder = embedder_of(folder, bf16=True).eval()
    with torch.no_grad():
        expected = embedder(**inputs)
        embedder.cast_products_once()
        assert torch.equal(embedder(**inputs), expected)


def test_weights_of_half_precision_are_loaded_in_single(folder: str, tmp_path: Path) -> None:
    half = Path(shutil.copytree(folder, tmp_path / "half"))
    config = read_config(folder)
    encoder = embedder_of(folder, dtype="bfloat16").encoder
    assert {parameter.dtype for parameter in encoder.parameters()} == {torch.bfloat16}
    encoder.save_pretrained(half)
    auto = AutoModelForTextEncoding if config.model_type == "t5" else AutoModel
    assert auto.from_pretrained(half).dtype == torch.bfloat16  # what is to be avoided

    run = tmp_path / "run"
    embedder = embedder_of(str(half), serialization_dir=str(run))
    encoder_files(str(half), run)
    torch.save(embedder.state_dict(), run / "weights.th")
    shutil.rmtree(half)
    archived = embedder_of(str(half), serialization_dir=str(run))

    for found in (embedder, archived):
        assert {parameter.dtype for parameter in found.parameters()} == {torch.float32}


def test_archive_is_complete_without_the_folder(folder: str, tmp_path: Path) -> None:
    original = Path(shutil.copytree(folder, tmp_path / "original"))
    run = tmp_path / "run"
    inputs = tensors(str(original), TEXTS, serialization_dir=str(run))
    embedder = embedder_of(str(original), serialization_dir=str(run)).eval()
    with torch.no_grad():
        for parameter in embedder.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    expected = embedder(**inputs)
    torch.save(embedder.state_dict(), run / "weights.th")
    shutil.rmtree(original)

    archived = embedder_of(str(original), serialization_dir=str(run))
    archived.load_state_dict(torch.load(run / "weights.th"))
    again = tensors(str(original), TEXTS, serialization_dir=str(run))

    assert torch.equal(archived.eval()(**again), expected)


def test_decoders_see_no_right_context_and_their_last_pieces_count(
    family: str, folder: str
) -> None:
    embedder = embedder_of(folder).double().eval()
    inputs = tensors(folder, ["A val induced rash"])
    changed = {**inputs, "token_ids": inputs["token_ids"].clone()}
    changed["token_ids"][0, 0, inputs["word_ids"][0, 0].argmax()] += 1
    first = embedder(**inputs)[0, 0], embedder(**changed)[0, 0]

    assert torch.equal(*first) == (family in DECODERS)
    assert reads_left_to_right(read_config(folder)) == (family in DECODERS)
    expected = "last" if family in DECODERS else "first"
    other = "first" if family in DECODERS else "last"
    inputs = tensors(folder, ["rashvalrash inval"])
    found = {
        mode: embedder_of(folder, sub_token_mode=mode).double().eval()(**inputs)
        for mode in (None, expected, other)
    }
    assert torch.equal(found[None], found[expected])
    assert not torch.equal(found[None], found[other])


def test_archive_of_version_0_1_0_with_a_decoder_goes_on_with_first_pieces(tmp_path: Path) -> None:
    folder, run = save_encoder("llama", tmp_path / "llama"), tmp_path / "run"
    saved = Path(encoder_files(folder, run))
    embedder = embedder_of(folder, serialization_dir=str(run))
    assert embedder._sub_token_mode == "last"
    torch.save(embedder.state_dict(), run / "weights.th")

    (saved / "wordpieces.json").unlink()
    assert embedder_of(folder, serialization_dir=str(run))._sub_token_mode == "first"

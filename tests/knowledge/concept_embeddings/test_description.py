from pathlib import Path

import pytest
import torch
from allennlp.common.checks import ConfigurationError
from transformers import AutoModel, AutoTokenizer

from bio_ie.knowledge.concept_embeddings import description
from bio_ie.knowledge.concept_embeddings.description import (
    DescriptionSettings,
    concept_texts,
    embed_texts,
)
from bio_ie.knowledge.statements import Definition, TypeName
from tests.encoders.tiny_encoders import save_encoder
from tests.knowledge.knowledge_bases import built, named

TEXTS = ["Pain in the abdomen.", "", "An acute inflammation of the liver. " * 5, "Pain", "fever"]


@pytest.fixture
def tiny(fixtures_folder: Path) -> str:
    return str(fixtures_folder / "encoders" / "tiny_bert")


def one_by_one(encoder: str, text: str, max_length: int) -> torch.Tensor:
    tokenizer = AutoTokenizer.from_pretrained(encoder)
    pieces = tokenizer(text, truncation=True, max_length=max_length, return_tensors="pt")
    model = AutoModel.from_pretrained(encoder).eval()
    with torch.no_grad():
        return model(**pieces).last_hidden_state[0].mean(0)


@pytest.mark.parametrize("batch_pieces", [1, 30, 2048])
@pytest.mark.parametrize("texts_at_once", [2, 100])
def test_vectors_are_means_of_each_text_alone_however_they_are_batched(
    tiny: str, batch_pieces: int, texts_at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(description, "TEXTS_AT_ONCE", texts_at_once)
    settings = DescriptionSettings(tiny, max_length=12, batch_pieces=batch_pieces)
    vectors, num_cut = embed_texts(TEXTS, settings)
    tokenizer = AutoTokenizer.from_pretrained(tiny)
    assert num_cut == sum(len(tokenizer(text).input_ids) > 12 for text in TEXTS) > 0
    for text, vector in zip(TEXTS, vectors, strict=True):
        torch.testing.assert_close(vector, one_by_one(tiny, text, 12), atol=1e-5, rtol=1e-5)


def test_bfloat16_is_near_and_comes_out_as_float32(tiny: str) -> None:
    exact, _ = embed_texts(TEXTS, DescriptionSettings(tiny))
    near, _ = embed_texts(TEXTS, DescriptionSettings(tiny, bf16=True))
    assert near.dtype == torch.float32
    assert not torch.equal(near, exact)
    torch.testing.assert_close(near, exact, atol=0.05, rtol=0.05)


def test_encoders_own_limit_holds_too(tiny: str) -> None:
    longest = AutoModel.from_pretrained(tiny).config.max_position_embeddings
    vectors, num_cut = embed_texts(["pain " * 2 * longest], DescriptionSettings(tiny, 10**6))
    assert num_cut == 1
    assert vectors.isfinite().all()


def test_no_text_gives_no_vector(tiny: str) -> None:
    vectors, num_cut = embed_texts([], DescriptionSettings(tiny))
    assert len(vectors) == num_cut == 0


def test_texts_are_definitions_and_names_of_types(tmp_path: Path) -> None:
    statements = [
        *named("A", "Aitis", types=["T047", "Disease"]),
        Definition("A", "An inflammation."),
        *named("B", "Bitis", "Bites", types=["B"]),  # a type with the same name as a concept
        TypeName("T047", "Disease or Syndrome"),
        TypeName("T999", "Of no concept"),
    ]
    kb = built(tmp_path, statements)
    definitions = {"A": "An inflammation."}
    types = {"Disease": "Disease", "T047": "Disease or Syndrome"}
    assert concept_texts(kb) == {**definitions, **types}
    assert concept_texts(kb, with_types=False) == definitions
    assert concept_texts(kb, names_instead=True) == {**definitions, "B": "Bitis", **types}


@pytest.mark.parametrize("setting", ["max_length", "batch_pieces"])
def test_impossible_settings_are_refused(setting: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{setting} must be positive, not 0"):
        DescriptionSettings(**{setting: 0})


def test_missing_encoder_is_a_configuration_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="no folder"):
        embed_texts(["a"], DescriptionSettings(str(tmp_path / "none")))


@pytest.mark.parametrize("family", ["bert", "roberta", "longformer", "t5"])
def test_long_text_is_cut_to_what_an_encoder_of_any_family_takes(family, tmp_path):
    folder = save_encoder(family, tmp_path)
    texts = ["rash fever " * 60, "rash"]

    vectors, num_cut = embed_texts(texts, DescriptionSettings(folder))

    assert vectors.isfinite().all()
    assert vectors.shape == (2, 16)
    assert num_cut == (0 if family == "t5" else 1)

import random
from itertools import pairwise
from pathlib import Path
from typing import Any, Dict, List

import numpy as np
import pytest
import torch
from allennlp.data import Batch, Instance, Token, Vocabulary
from allennlp.data.fields import TextField
from tokenizers import Tokenizer
from torch.testing import assert_close

from bio_ie.data.token_indexers import PretrainedTransformerWordsIndexer, word_pieces
from bio_ie.data.token_indexers.word_pieces import WordCutter, _words_of_pieces
from bio_ie.modules.token_embedders import PretrainedTransformerWordsEmbedder
from bio_ie.text.tokenizers import ScispacyRulesTokenizer
from tests.encoders.tiny_encoders import FAMILIES, TEXTS, pieces_of_text, save_encoder


@pytest.fixture(scope="module", params=FAMILIES)
def encoder(request, tmp_path_factory) -> str:
    return save_encoder(request.param, tmp_path_factory.mktemp("encoder"))


@pytest.fixture(scope="module")
def byte_level(tmp_path_factory) -> str:
    return save_encoder("roberta", tmp_path_factory.mktemp("encoder"))


def indexed(indexer: PretrainedTransformerWordsIndexer, tokens: List[Token]) -> Dict[str, Any]:
    return indexer.tokens_to_indices(tokens, Vocabulary())


def tensors(indexer, texts: List[List[Token]]) -> Dict[str, torch.Tensor]:
    batch = Batch([Instance({"words": TextField(text, {"tokens": indexer})}) for text in texts])
    batch.index_instances(Vocabulary())
    return batch.as_tensor_dict()["words"]["tokens"]


def long_enough(encoder: str) -> PretrainedTransformerWordsIndexer:
    """The indexer, with one window for all of the texts."""
    indexer = PretrainedTransformerWordsIndexer(encoder)
    indexer._window_size = 1_000
    return indexer


@pytest.mark.parametrize("split_signs", ["", "-/="])
def test_pieces_of_the_words_are_those_of_the_text(encoder: str, split_signs: str) -> None:
    tokenizer, indexer = ScispacyRulesTokenizer(split_signs), long_enough(encoder)
    for text in TEXTS:
        (ids,) = indexed(indexer, tokenizer.tokenize(text))["token_ids"]
        assert ids.tolist() == pieces_of_text(encoder, text)


def test_pieces_of_words_without_offsets_are_those_of_the_words_with_spaces(encoder: str) -> None:
    words = ["a", "val", "-", "induced", "(", "mild", ")", "rash", "."]
    indexer = long_enough(encoder)

    (ids,) = indexed(indexer, [Token(word) for word in words])["token_ids"]

    assert ids.tolist() == pieces_of_text(encoder, " ".join(words))
    assert sum(indexer.wordpiece_counts(words)) + indexer.num_special_wordpieces == pytest.approx(
        len(ids), abs=1
    )


def test_each_piece_belongs_to_the_word_of_its_characters(byte_level: str) -> None:
    text = "a val (mild) rash"
    tokens = ScispacyRulesTokenizer().tokenize(text)
    found = indexed(PretrainedTransformerWordsIndexer(byte_level), tokens)

    (words,) = found["word_ids"]
    assert words[0] == words[-1] == -1
    assert sorted(set(words[1:-1].tolist())) == list(range(len(tokens)))
    assert words[1:-1].tolist() == sorted(words[1:-1].tolist())
    # "a" and then " val", whose space is in the piece.
    assert words[1:3].tolist() == [0, 1]


@pytest.mark.parametrize(
    "pieces, expected",
    [
        ([(0, 2), (2, 3), (3, 6)], [0, 1, 2]),  # "ab", "(", "cd)"
        ([(0, 3), (3, 6)], [0, 2]),  # "ab(" is most of all "ab"
        ([(0, 2), (2, 4), (4, 5), (5, 7)], [0, 2, 2, 4]),  # "(c" and ")." belong to the last word
        ([(0, 2), (2, 7), (7, 9)], [0, 2, 5]),
        ([(0, 2), (2, 3), (3, 5), (5, 8), (8, 9)], [0, 1, 2, 4, 5]),  # "). " ends in a space
        ([(0, 2), (2, 2), (2, 7), (7, 8), (8, 9), (9, 9)], [0, 1, 2, 5, 5, 5]),
    ],
)
def test_piece_of_several_words_belongs_to_the_word_with_most_of_it(pieces, expected) -> None:
    words = ["ab", "(", "cd", ")", ".", " e"]
    word_of = np.repeat(np.arange(6), [len(word) for word in words])

    assert _words_of_pieces("".join(words), word_of, np.array(pieces)) == expected


def test_counts_are_those_of_the_indexed_words(encoder: str) -> None:
    indexer = long_enough(encoder)
    tokens = ScispacyRulesTokenizer().tokenize(TEXTS[0])
    words = [token.text for token in tokens]
    glued = [False] + [a.idx_end != b.idx for a, b in pairwise(tokens)]

    (owners,) = indexed(indexer, tokens)["word_ids"]

    assert indexer.wordpiece_counts(words, glued) == [
        (owners == word).sum() for word in range(len(words))
    ]
    assert indexer.wordpiece_counts([]) == []


def test_vectors_are_those_of_the_text(encoder: str) -> None:
    """Beside a longer text and alone, and from the layers that the encoder itself computes."""
    tokenizer, indexer = ScispacyRulesTokenizer(), PretrainedTransformerWordsIndexer(encoder)
    embedder = PretrainedTransformerWordsEmbedder(encoder, sub_token_mode="mean").eval()
    text = "a val rash (mild)"
    together = tensors(indexer, [tokenizer.tokenize(text), tokenizer.tokenize(TEXTS[3] * 2)])

    found = embedder(**together)[0]
    ids = torch.tensor([pieces_of_text(encoder, text)])
    expected = embedder.encoder(input_ids=ids).last_hidden_state[0]

    words = together["word_ids"][0, 0, : ids.size(1)]
    for word in range(6):
        if (words == word).any():
            assert_close(found[word], expected[words == word].mean(0), atol=1e-5, rtol=1e-5)


def test_archive_of_before_keeps_the_pieces_of_each_word(byte_level: str, tmp_path: Path) -> None:
    tokens = ScispacyRulesTokenizer().tokenize("a val rash")
    new = PretrainedTransformerWordsIndexer(byte_level, serialization_dir=str(tmp_path / "run"))
    assert indexed(new, tokens)["token_ids"][0].tolist() == pieces_of_text(byte_level, "a val rash")

    for file in (tmp_path / "run").rglob("wordpieces.json"):
        file.unlink()  # version 0.1.0 wrote none
    earlier = PretrainedTransformerWordsIndexer(byte_level, serialization_dir=str(tmp_path / "run"))

    one_by_one = [pieces_of_text(byte_level, word)[1:-1] for word in ("a", "val", "rash")]
    (ids,) = indexed(earlier, tokens)["token_ids"]
    assert ids[1:-1].tolist() == [piece for pieces in one_by_one for piece in pieces]


@pytest.mark.parametrize("room", [1, 10, 1000])
def test_words_that_were_there_before_have_the_same_pieces(
    encoder: str, room: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(word_pieces, "_MAX_WORDS", room)
    tokenizer = Tokenizer.from_file(f"{encoder}/tokenizer.json")
    cutter = WordCutter(tokenizer, one_by_one=True)
    words = [word for text in TEXTS for word in text.split()] + ["", "\u200b", "é", "e\u0301", "é"]
    chosen = random.Random(0)
    for _ in range(30):
        some = chosen.choices(words, k=chosen.randint(0, 20))
        encoding = tokenizer.encode(some, is_pretokenized=True, add_special_tokens=False)
        assert cutter(some, [True] * len(some)) == (encoding.ids, encoding.word_ids)

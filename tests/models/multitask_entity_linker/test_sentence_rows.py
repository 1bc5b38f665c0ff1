import random
from typing import List

import pytest
import torch

from bio_ie.models.multitask_entity_linker.sentence_rows import SentenceRows


@pytest.mark.parametrize("seed", range(10))
def test_words_are_laid_out_by_sentences_and_back(seed: int) -> None:
    chance = random.Random(seed)
    lengths = [[chance.randint(1, 4) for _ in range(chance.randint(1, 3))] for _ in range(5)]
    width = max(map(sum, lengths)) + 1
    mask = torch.arange(width) < torch.tensor([sum(row) for row in lengths]).unsqueeze(1)
    sentences = torch.full(mask.shape, -1)
    x = torch.randn(*mask.shape, 3)
    expected: List[torch.Tensor] = []
    for number, row in enumerate(lengths):
        first = 0
        for place, length in enumerate(row):
            sentences[number, first : first + length] = 2 * place  # numbers may be left out
            expected.append(x[number, first : first + length])
            first += length
    rows = SentenceRows(mask, sentences)
    split = rows.split(x)
    assert split.shape == (len(expected), max(map(len, expected)), 3)
    for vectors, present, words in zip(split, rows.mask, expected, strict=True):
        assert torch.equal(vectors[: len(words)], words)
        assert int(present.sum()) == len(words)
        assert not vectors[len(words) :].any()
    assert torch.equal(rows.join(split), x * mask.unsqueeze(2))


def test_a_row_may_be_a_sentence() -> None:
    mask, x = torch.ones(2, 3, dtype=torch.bool), torch.randn(2, 3, 4)
    rows = SentenceRows(mask)
    assert rows.split(x) is x is rows.join(x)
    assert rows.mask is mask


def test_there_may_be_no_word() -> None:
    mask, x = torch.zeros(2, 3, dtype=torch.bool), torch.randn(2, 3, 4)
    rows = SentenceRows(mask, torch.zeros(2, 3, dtype=torch.long))
    assert rows.split(x).shape == (0, 1, 4)
    assert not rows.join(rows.split(x)).any()

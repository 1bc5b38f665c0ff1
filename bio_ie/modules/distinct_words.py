"""Encodes the characters of each distinct word of a batch once."""

from typing import Tuple

import torch
from allennlp.modules.token_embedders import TokenCharactersEncoder

_BASE = 6364136223846793005  # odd, so that it has an inverse modulo 2^64


class DistinctWordsEncoder(TokenCharactersEncoder):
    """AllenNLP's `TokenCharactersEncoder` for prediction. In a batch of sentences, more than half
    of the words are copies of others, and padding is one more word. A word's vector depends on its
    characters alone, so each different word is encoded once."""

    def forward(self, token_characters: torch.Tensor) -> torch.Tensor:
        """`[..., words, characters]` -> `[..., words, encoding_dim]`."""
        words, place = distinct_rows(token_characters.flatten(0, -2))
        vectors = super().forward(words.unsqueeze(0)).squeeze(0)  # [distinct, encoding_dim]
        return vectors[place].view(*token_characters.shape[:-1], vectors.size(-1))


def distinct_rows(rows: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
    """The distinct rows of a matrix of int64, `[distinct, d]`, and which of them each row is,
    `[n]`.

    Each row is sorted by one number, a polynomial of its elements modulo 2^64. `torch.unique` of
    rows, which compares them one by one, takes thirty times as long. It has the last word where two
    different rows have the same number.
    """
    powers = rows.new_full((rows.size(1),), _BASE).cumprod(0)
    keys, place = torch.unique((rows * powers).sum(1), return_inverse=True)
    some = place.new_empty(len(keys)).scatter_(
        0, place, torch.arange(len(rows), device=rows.device)
    )
    distinct = rows[some]
    if not torch.equal(distinct[place], rows):
        distinct, place = torch.unique(rows, dim=0, return_inverse=True)
    return distinct, place


def encode_distinct_words(model: torch.nn.Module) -> None:
    """Makes every `TokenCharactersEncoder` of the model a `DistinctWordsEncoder`, which computes
    the same. The model must not be trained on: copies of a word would share their dropout."""
    for module in model.modules():
        if type(module) is TokenCharactersEncoder:
            module.__class__ = DistinctWordsEncoder

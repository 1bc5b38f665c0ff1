"""Encodes the characters of each distinct word of a batch once."""

import torch
from allennlp.modules.token_embedders import TokenCharactersEncoder


class DistinctWordsEncoder(TokenCharactersEncoder):
    """AllenNLP's `TokenCharactersEncoder` for prediction. In a batch of sentences, more than half
    of the words are copies of others, and padding is one more word. A word's vector depends on its
    characters alone, so each different word is encoded once."""

    def forward(self, token_characters: torch.Tensor) -> torch.Tensor:
        """`[..., words, characters]` -> `[..., words, encoding_dim]`."""
        words, place = torch.unique(
            token_characters.flatten(0, -2), dim=0, return_inverse=True
        )  # [distinct, characters], [all]
        vectors = super().forward(words.unsqueeze(0)).squeeze(0)  # [distinct, encoding_dim]
        return vectors[place].view(*token_characters.shape[:-1], vectors.size(-1))


def encode_distinct_words(model: torch.nn.Module) -> None:
    """Makes every `TokenCharactersEncoder` of the model a `DistinctWordsEncoder`, which computes
    the same. The model must not be trained on: copies of a word would share their dropout."""
    for module in model.modules():
        if type(module) is TokenCharactersEncoder:
            module.__class__ = DistinctWordsEncoder

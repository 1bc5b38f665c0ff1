import pytest
import torch
from allennlp.modules.seq2vec_encoders import CnnEncoder
from allennlp.modules.token_embedders import Embedding, TokenCharactersEncoder

from bio_ie.modules import distinct_words
from bio_ie.modules.distinct_words import distinct_rows, encode_distinct_words


def character_encoder() -> TokenCharactersEncoder:
    torch.manual_seed(1)
    encoder = CnnEncoder(embedding_dim=4, num_filters=3, ngram_filter_sizes=(2, 3))
    return TokenCharactersEncoder(Embedding(4, num_embeddings=9), encoder, dropout=0.5).eval()


@pytest.mark.parametrize("shape", [(3, 5, 6), (1, 1, 4), (2, 0, 5), (2, 3, 5, 6)])
def test_vectors_are_those_of_each_word_alone(shape: tuple) -> None:
    plain, distinct = character_encoder(), torch.nn.ModuleList([character_encoder()])
    encode_distinct_words(distinct)
    words = torch.randint(0, 4, shape)
    expected = [plain(word.view(1, 1, -1)).flatten() for word in words.flatten(0, -2)]
    found = distinct[0](words)
    assert found.shape == (*shape[:-1], plain.get_output_dim())
    for vector, alone in zip(found.flatten(0, -2), expected, strict=True):
        torch.testing.assert_close(vector, alone)


def test_each_distinct_word_is_encoded_once() -> None:
    model = torch.nn.ModuleList([character_encoder()])
    encode_distinct_words(model)
    sizes = []
    model[0]._encoder.register_forward_pre_hook(lambda _, inputs: sizes.append(inputs[0].shape[1]))
    a, b, padding = [1, 2, 3, 0], [1, 2, 0, 0], [0, 0, 0, 0]
    model[0](torch.tensor([[a, b, a, a], [b, a, padding, padding]]))
    assert sizes == [3]


@pytest.mark.parametrize("base", [distinct_words._BASE, 0])
@pytest.mark.parametrize("shape", [(50, 3), (1, 1), (0, 4)])
def test_distinct_rows_are_found_even_if_all_have_the_same_number(
    monkeypatch: pytest.MonkeyPatch, base: int, shape: tuple
) -> None:
    monkeypatch.setattr(distinct_words, "_BASE", base)
    rows = torch.randint(0, 3, shape)
    distinct, place = distinct_rows(rows)
    assert len(distinct) == len(set(map(tuple, rows.tolist())))
    assert torch.equal(distinct[place], rows)

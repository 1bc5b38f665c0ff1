import pytest
from allennlp.data import Token, Vocabulary
from allennlp.data.token_indexers import SingleIdTokenIndexer, TokenCharactersIndexer
from allennlp.data.tokenizers import CharacterTokenizer

from bio_ie.data.token_indexers import known_words_indexer
from bio_ie.data.token_indexers.known_words_indexer import KnownWordsIndexer, remember_words

SENTENCES = [["acid", "cad", "acid"], ["dad", "acid"], [], ["cab"]]


def vocabulary(letters: str) -> Vocabulary:
    counts = {letter: len(letters) - place for place, letter in enumerate(letters)}
    return Vocabulary({"token_characters": counts})


@pytest.mark.parametrize("most", [100, 1])
@pytest.mark.parametrize("tokenizer", [{}, {"byte_encoding": "utf-8"}, {"end_tokens": ["@"]}])
def test_characters_are_those_of_each_word(
    monkeypatch: pytest.MonkeyPatch, most: int, tokenizer: dict
) -> None:
    monkeypatch.setattr(known_words_indexer, "_MOST_WORDS", most)
    plain, known = (
        TokenCharactersIndexer(
            character_tokenizer=CharacterTokenizer(**tokenizer), min_padding_length=3
        )
        for _ in range(2)
    )
    remember_words([known])
    for letters in ("abcdi", "dibac"):
        vocab = vocabulary(letters)
        for words in SENTENCES:
            tokens = [Token(word) for word in words]
            assert known.tokens_to_indices(tokens, vocab) == plain.tokens_to_indices(tokens, vocab)


def test_a_word_is_looked_up_once() -> None:
    seen = []

    class Tokenizer(CharacterTokenizer):
        def tokenize(self, text):
            seen.append(text)
            return super().tokenize(text)

    indexer = TokenCharactersIndexer(character_tokenizer=Tokenizer(), min_padding_length=3)
    remember_words([indexer])
    vocab = vocabulary("abcdi")
    for words in (["acid"], ["cad", "acid"], ["acid", "cad"]):
        indexer.tokens_to_indices([Token(word) for word in words], vocab)
    assert seen == ["acid", "cad"]


def test_other_indexers_stay_as_they_are() -> None:
    with_ends = TokenCharactersIndexer("token_characters", end_tokens=["@"], min_padding_length=3)
    indexers = [SingleIdTokenIndexer(), with_ends]
    remember_words(indexers)
    assert not any(isinstance(indexer, KnownWordsIndexer) for indexer in indexers)

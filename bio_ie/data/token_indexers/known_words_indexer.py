"""Looks up the characters of each different word once."""

from typing import Dict, Iterable, List, Optional

from allennlp.data import Token, Vocabulary
from allennlp.data.token_indexers import TokenCharactersIndexer, TokenIndexer

_MOST_WORDS = 100_000
"""Some 30 MB. When there are more, remembering begins anew."""


class KnownWordsIndexer(TokenCharactersIndexer):
    """AllenNLP's `TokenCharactersIndexer` for prediction. That makes a token of each character of
    each word. Most words of a text have been seen before, and their characters are remembered."""

    _known: Dict[str, List[int]]
    _known_vocabulary: Optional[Vocabulary] = None

    def tokens_to_indices(
        self, tokens: List[Token], vocabulary: Vocabulary
    ) -> Dict[str, List[List[int]]]:
        if vocabulary is not self._known_vocabulary or len(self._known) > _MOST_WORDS:
            self._known, self._known_vocabulary = {}, vocabulary
        known = self._known
        new = [token for token in tokens if token.text not in known]
        characters = super().tokens_to_indices(new, vocabulary)["token_characters"]
        known.update(zip((str(token.text) for token in new), characters, strict=True))
        return {"token_characters": [known[str(token.text)] for token in tokens]}


def remember_words(indexers: Iterable[TokenIndexer]) -> None:
    """Makes every `TokenCharactersIndexer` a `KnownWordsIndexer`, which gives the same. Those that
    add tokens of their own to a text stay as they are."""
    for indexer in indexers:
        if type(indexer) is not TokenCharactersIndexer:
            continue
        if not (indexer._start_tokens or indexer._end_tokens):
            indexer.__class__ = KnownWordsIndexer

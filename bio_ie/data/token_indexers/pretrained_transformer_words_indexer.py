import logging
from itertools import pairwise
from typing import Any, Dict, List, Optional, Sequence

import numpy as np
import torch
from allennlp.common.checks import ConfigurationError
from allennlp.data import Token, Vocabulary
from allennlp.data.token_indexers import TokenIndexer
from transformers import PreTrainedTokenizerFast

from bio_ie.data.token_indexers.word_pieces import WordCutter
from bio_ie.data.token_indexers.wordpiece_windows import window_of_most_context, window_spans
from bio_ie.encoders import (
    encoder_files,
    longest_input,
    read_config,
    read_tokenizer,
    trained_on_words_one_by_one,
)
from bio_ie.text.counted import counted

logger = logging.getLogger(__name__)

NO_WORD = -1


@TokenIndexer.register("pretrained_transformer_words")
class PretrainedTransformerWordsIndexer(TokenIndexer):
    """Turns words into the wordpieces of a pretrained transformer, with the word of each piece.

    The wordpieces are those that the encoder's tokenizer makes of the text; see `WordCutter`. The
    text has a space before each word, unless the offsets of two tokens (`idx` and `idx_end`) say
    that the second one begins where the first one ends. A text of more than `max_length` wordpieces
    is cut between words into overlapping windows. Each word is embedded in the window where it has
    the most context. This indexer is used with `PretrainedTransformerWordsEmbedder`.

    Registered as a `TokenIndexer` with name "pretrained_transformer_words".

    # Parameters

    model_name : `str`
        A name of the Hugging Face hub, a folder, or `package:NAME/FOLDER`.
    max_length : `int`, optional
        The largest number of wordpieces in a window, special ones included. The default, and the
        largest possible value, is the number that the encoder takes.
    overlap : `int`, optional
        The largest number of wordpieces that neighbouring windows share; by default a quarter of
        `max_length`.
    token_min_padding_length : `int`, optional (default = `0`)
        The smallest length of the padded `mask`, in words.
    serialization_dir : `str`, optional
        AllenNLP gives it in training and loading; see `bio_ie.encoders.archived_files`.

    # Output

    Padded tensors:

    token_ids, wordpiece_mask, word_ids
        The wordpieces of each window, special ones included, their mask, and the word that each
        wordpiece belongs to, or -1 if it is not used for any word.
        Shape: `[windows, pieces]`.
    mask
        Shape: `[words]`.
    """

    def __init__(
        self,
        model_name: str,
        max_length: Optional[int] = None,
        overlap: Optional[int] = None,
        token_min_padding_length: int = 0,
        serialization_dir: Optional[str] = None,
    ) -> None:
        super().__init__(token_min_padding_length=token_min_padding_length)
        source = encoder_files(model_name, serialization_dir)
        tokenizer = read_tokenizer(source)
        longest = longest_input(read_config(source), tokenizer)
        max_length = longest if max_length is None else max_length
        if max_length > longest:
            raise ConfigurationError(
                f"max_length is {max_length}, but the encoder {model_name!r} takes at most "
                f"{longest} wordpieces"
            )
        self._tokenizer = tokenizer.backend_tokenizer
        self._cut = WordCutter(
            self._tokenizer,
            one_by_one=trained_on_words_one_by_one(model_name, serialization_dir),
        )
        self._prefix, self._suffix = _special_pieces(tokenizer)
        self._pad_id = tokenizer.pad_token_id or 0
        self._window_size = max_length - len(self._prefix) - len(self._suffix)
        if self._window_size < 1:
            raise ConfigurationError(f"max_length {max_length} leaves no room for a wordpiece")
        self._overlap = max_length // 4 if overlap is None else overlap
        if not 0 <= self._overlap < self._window_size:
            raise ConfigurationError(
                f"overlap must be at least 0 and less than {self._window_size}, not {overlap}"
            )

    def count_vocab_items(self, token: Token, counter: Dict[str, Dict[str, int]]) -> None:
        """Counts nothing, because the encoder has its own vocabulary."""

    @property
    def num_special_wordpieces(self) -> int:
        """The number of special wordpieces of a text, which belong to no word."""
        return len(self._prefix) + len(self._suffix)

    def wordpiece_counts(
        self, words: Sequence[str], after_space: Optional[Sequence[bool]] = None
    ) -> List[int]:
        """The number of wordpieces of each word.

        # Parameters

        words : `Sequence[str]`
        after_space : `Sequence[bool]`, optional
            Whether white space stands before each word; by default before all.
        """
        if not words:
            return []
        pieces = self._cut(words, [True] * len(words) if after_space is None else after_space)
        return np.bincount(pieces.words, minlength=len(words)).tolist()

    def tokens_to_indices(self, tokens: List[Token], vocabulary: Vocabulary) -> Dict[str, Any]:
        piece_ids, words = self._cut([str(token) for token in tokens], _after_space(tokens))
        if len(piece_ids) <= self._window_size:
            no_prefix, no_suffix = [NO_WORD] * len(self._prefix), [NO_WORD] * len(self._suffix)
            return {
                "token_ids": [np.array(self._prefix + piece_ids + self._suffix)],
                "word_ids": [np.array(no_prefix + words + no_suffix)],
                "num_words": len(tokens),
            }
        return {
            **self._windows(np.array(piece_ids), np.array(words)),
            "num_words": len(tokens),
        }

    def _windows(self, piece_ids: np.ndarray, words: np.ndarray) -> Dict[str, List[np.ndarray]]:
        """`token_ids` and `word_ids` of each window."""
        # The index of each piece in its word.
        places = np.arange(len(words)) - np.searchsorted(words, words)
        fits = places < self._window_size
        if not fits.all():
            logger.warning(
                "words of more than %d wordpieces are cut: %s left out",
                self._window_size,
                counted(int(len(fits) - fits.sum()), "wordpiece is", "wordpieces are"),
            )
            piece_ids, words = piece_ids[fits], words[fits]
        spans = window_spans(words, self._window_size, self._overlap)
        chosen = window_of_most_context(words, spans)
        token_ids, word_ids = [], []
        for index, (start, end) in enumerate(spans):
            embedded_here = np.where(chosen[start:end] == index, words[start:end], NO_WORD)
            token_ids.append(np.concatenate([self._prefix, piece_ids[start:end], self._suffix]))
            word_ids.append(
                np.pad(
                    embedded_here, (len(self._prefix), len(self._suffix)), constant_values=NO_WORD
                )
            )
        return {"token_ids": token_ids, "word_ids": word_ids}

    def get_empty_token_list(self) -> Dict[str, Any]:
        return {"token_ids": [], "word_ids": [], "num_words": 0}

    def get_padding_lengths(self, indexed_tokens: Dict[str, Any]) -> Dict[str, int]:
        windows = indexed_tokens["token_ids"]
        # There is at least one window of one piece, even if it is only padding, so that the encoder
        # always has an input. Distributed training requires this.
        return {
            "windows": max(len(windows), 1),
            "pieces": max(map(len, windows), default=1),
            "words": max(indexed_tokens["num_words"], self._token_min_padding_length),
        }

    def as_padded_tensor_dict(
        self, tokens: Dict[str, Any], padding_lengths: Dict[str, int]
    ) -> Dict[str, torch.Tensor]:
        shape = padding_lengths["windows"], padding_lengths["pieces"]
        token_ids = np.full(shape, self._pad_id)
        word_ids = np.full(shape, NO_WORD)
        wordpiece_mask = np.zeros(shape, dtype=bool)
        windows = zip(tokens["token_ids"], tokens["word_ids"], strict=True)
        for index, (ids, words) in enumerate(windows):
            token_ids[index, : len(ids)] = ids
            word_ids[index, : len(ids)] = words
            wordpiece_mask[index, : len(ids)] = True
        mask = np.zeros(padding_lengths["words"], dtype=bool)
        mask[: tokens["num_words"]] = True
        return {
            "token_ids": torch.from_numpy(token_ids),
            "word_ids": torch.from_numpy(word_ids),
            "wordpiece_mask": torch.from_numpy(wordpiece_mask),
            "mask": torch.from_numpy(mask),
        }


def _after_space(tokens: Sequence[Token]) -> List[bool]:
    """Whether white space stands before each token. It does not before the first one."""
    return [False] * bool(tokens) + [
        token.idx is None or token.idx != _end(before) for before, token in pairwise(tokens)
    ]


def _end(token: Token) -> Optional[int]:
    if token.idx_end is not None or token.idx is None:
        return token.idx_end
    return token.idx + len(str(token))


def _special_pieces(tokenizer: PreTrainedTokenizerFast) -> "tuple[List[int], List[int]]":
    """The pieces that the tokenizer puts before and after a text."""
    encode = tokenizer.backend_tokenizer.encode
    plain = encode("a", add_special_tokens=False).ids
    full = encode("a")
    if any(full.type_ids):
        raise ConfigurationError(
            f"{type(tokenizer).__name__} gives segment ids to a single text, which is not supported"
        )
    start = next(
        index for index in range(len(full.ids)) if full.ids[index : index + len(plain)] == plain
    )
    return full.ids[:start], full.ids[start + len(plain) :]

"""Sentences of made-up words, with lengths like those of the PubMed sentences that RELVM learns
from."""

from typing import Any, Dict, List, NamedTuple, Tuple

import torch
from allennlp.data import Vocabulary

MEAN_LENGTH, MAX_LENGTH, MIN_LENGTH = 29, 140, 5
"""Lengths in words: the mean of sentences with two entities, the largest in the paper, and the
smallest."""
PIECES_A_WORD = 1.3
"""Wordpieces per word, about as many as the embedded encoder's tokenizer makes of abstracts."""
ENTITY_TYPES = ("CHEMICAL", "DISEASE", "GENE")
LABELS = ("NO-RELATION", "association")


class SentenceBatch(NamedTuple):
    """A batch of sentences, as input for RELVM and for a transformer."""

    inputs: Dict[str, Any]
    """The input of a model of RELVM."""
    labels: torch.Tensor
    wordpieces: Dict[str, torch.Tensor]
    """The input of a BERT: ids and mask."""

    @property
    def words(self) -> torch.Tensor:
        words: torch.Tensor = self.inputs["tokens"]["tokens"]["tokens"]
        return words


def vocabulary(num_words: int) -> Vocabulary:
    """A vocabulary with this many words besides the padding and the unknown word."""
    return Vocabulary(
        non_padded_namespaces=["relation_labels"],
        tokens_to_add={
            "tokens": [f"word{number}" for number in range(num_words)],
            "entities": list(ENTITY_TYPES),
            "relation_labels": list(LABELS),
        },
    )


def lengths(number: int) -> torch.Tensor:
    """The lengths of sentences, `[number]`, the same every time. Most are near the mean and few are
    long. One sentence has the largest length."""
    generator = torch.Generator().manual_seed(0)
    drawn = torch.randn(number, generator=generator).mul(0.45).exp()
    result = (drawn / drawn.mean() * MEAN_LENGTH).round().long().clamp(MIN_LENGTH, MAX_LENGTH)
    result[0] = MAX_LENGTH
    return result


def batches(
    number: int,
    batch_size: int,
    num_words: int,
    num_wordpieces: int,
    device: str,
    by_length: bool = True,
) -> List[SentenceBatch]:
    """Batches of sentences. With `by_length`, sentences of similar length share a batch, which
    saves padding. Otherwise, the sentences stay in their random order."""
    ordered = lengths(number)
    if by_length:
        ordered = ordered.sort().values
    parts = [part for part in ordered.split(batch_size) if len(part) == batch_size]
    return [_batch(part, num_words, num_wordpieces, device) for part in parts]


def _batch(
    sentence_lengths: torch.Tensor, num_words: int, num_wordpieces: int, device: str
) -> SentenceBatch:
    words, _ = _padded(sentence_lengths, 2, num_words + 2)
    pieces = (sentence_lengths * PIECES_A_WORD).round().long() + 2  # [CLS] and [SEP]
    ids, mask = _padded(pieces, 1, num_wordpieces)
    size = len(sentence_lengths)
    entities = torch.randint(2, 2 + len(ENTITY_TYPES), (size, 2))
    return SentenceBatch(
        {
            "tokens": {"tokens": {"tokens": words.to(device)}},
            "entities": {"entities": {"tokens": entities.to(device)}},
        },
        torch.randint(len(LABELS), (size,)).to(device),
        {"input_ids": ids.to(device), "attention_mask": mask.to(device)},
    )


def _padded(
    sentence_lengths: torch.Tensor, low: int, high: int
) -> Tuple[torch.Tensor, torch.Tensor]:
    longest = int(sentence_lengths.max())
    mask = torch.arange(longest) < sentence_lengths.unsqueeze(1)
    return torch.randint(low, high, mask.shape) * mask, mask.long()

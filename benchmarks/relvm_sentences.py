"""Sentences of made-up words, as long as those of PubMed that RELVM has."""

from typing import Any, Dict, List, NamedTuple, Tuple

import torch
from allennlp.data import Vocabulary

MEAN_LENGTH, MAX_LENGTH, MIN_LENGTH = 29, 140, 5
"""In words: the mean of sentences with two entities, and the most that the paper has."""
PIECES_A_WORD = 1.3
"""Wordpieces, about as many as the embedded encoder's tokenizer makes of abstracts."""
ENTITY_TYPES = ("CHEMICAL", "DISEASE", "GENE")
LABELS = ("NO-RELATION", "association")


class SentenceBatch(NamedTuple):
    """Some sentences, for both sides."""

    inputs: Dict[str, Any]
    """Of a model of RELVM."""
    labels: torch.Tensor
    wordpieces: Dict[str, torch.Tensor]
    """Of a BERT: ids and mask."""

    @property
    def words(self) -> torch.Tensor:
        words: torch.Tensor = self.inputs["tokens"]["tokens"]["tokens"]
        return words


def vocabulary(num_words: int) -> Vocabulary:
    """So many words beside padding and the unknown one."""
    return Vocabulary(
        non_padded_namespaces=["relation_labels"],
        tokens_to_add={
            "tokens": [f"word{number}" for number in range(num_words)],
            "entities": list(ENTITY_TYPES),
            "relation_labels": list(LABELS),
        },
    )


def lengths(number: int) -> torch.Tensor:
    """`[number]`, always the same ones: most near the mean, few long, one of them the longest."""
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
    """Sentences of like lengths together, which is what a padded encoder likes; or as they come."""
    ordered = lengths(number)
    if by_length:
        ordered = ordered.sort().values
    parts = [part for part in ordered.split(batch_size) if len(part) == batch_size]
    return [_batch(part, num_words, num_wordpieces, device) for part in parts]


def _batch(
    its_lengths: torch.Tensor, num_words: int, num_wordpieces: int, device: str
) -> SentenceBatch:
    words, _ = _padded(its_lengths, 2, num_words + 2)
    pieces = (its_lengths * PIECES_A_WORD).round().long() + 2  # [CLS] and [SEP]
    ids, mask = _padded(pieces, 1, num_wordpieces)
    size = len(its_lengths)
    entities = torch.randint(2, 2 + len(ENTITY_TYPES), (size, 2))
    return SentenceBatch(
        {
            "tokens": {"tokens": {"tokens": words.to(device)}},
            "entities": {"entities": {"tokens": entities.to(device)}},
        },
        torch.randint(len(LABELS), (size,)).to(device),
        {"input_ids": ids.to(device), "attention_mask": mask.to(device)},
    )


def _padded(its_lengths: torch.Tensor, low: int, high: int) -> Tuple[torch.Tensor, torch.Tensor]:
    longest = int(its_lengths.max())
    mask = torch.arange(longest) < its_lengths.unsqueeze(1)
    return torch.randint(low, high, mask.shape) * mask, mask.long()

"""A field for labels of words or spans. Labels may be unknown, or not in the vocabulary."""

from typing import Dict, List, Optional, Sequence

import torch
from allennlp.data import Vocabulary
from allennlp.data.fields import Field

from bio_ie.data.word_tags import NIL

IGNORED = -1
"""The index of a label that is not known, and of padding. A model learns nothing from it."""

UNSEEN = -2
"""The index of a label that is not in the vocabulary. A model cannot predict it, so it counts as
missed."""


class LabelsField(Field[torch.Tensor]):
    """One label for each word or span. `"O"` (Nil) is always part of the vocabulary.

    # Parameters

    labels : `Sequence[Optional[str]]`
        The labels; `None` means that a label is not known.
    label_namespace : `str`

    # Output

    `torch.Tensor`
        The indices of the labels, `[n]`. `IGNORED` and `UNSEEN` are negative.
    """

    __slots__ = ["_indices", "_namespace", "labels"]

    def __init__(self, labels: Sequence[Optional[str]], label_namespace: str = "labels") -> None:
        self.labels = list(labels)
        self._namespace = label_namespace
        self._indices: Optional[List[int]] = None

    def count_vocab_items(self, counter: Dict[str, Dict[str, int]]) -> None:
        counter[self._namespace][NIL] += 1
        for label in self.labels:
            if label is not None:
                counter[self._namespace][label] += 1

    def index(self, vocab: Vocabulary) -> None:
        known = vocab.get_token_to_index_vocabulary(self._namespace)
        self._indices = [
            IGNORED if label is None else known.get(label, UNSEEN) for label in self.labels
        ]

    def get_padding_lengths(self) -> Dict[str, int]:
        return {"num_labels": len(self.labels)}

    def as_tensor(self, padding_lengths: Dict[str, int]) -> torch.Tensor:
        if self._indices is None:
            raise RuntimeError("labels have to be indexed before they become a tensor")
        padding = padding_lengths["num_labels"] - len(self._indices)
        return torch.tensor(self._indices + [IGNORED] * padding, dtype=torch.long)

    def empty_field(self) -> "LabelsField":
        field = LabelsField([], self._namespace)
        field._indices = []
        return field

    def __len__(self) -> int:
        return len(self.labels)

    def __str__(self) -> str:
        return f"LabelsField of {self._namespace}: {self.labels}"

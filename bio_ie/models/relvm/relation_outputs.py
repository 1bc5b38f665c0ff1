"""The labels of relations, including the one for no relation, and the models' output for them."""

from typing import Any, Dict, List, Optional, Sequence

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.data import Vocabulary

from bio_ie.data.pairs.relation_labels import RELATION_LABELS
from bio_ie.models.vocabulary_labels import vocabulary_labels


def relation_labels(vocab: Vocabulary, negative_label: str) -> List[str]:
    """The labels of relations, by index.

    Raises `ConfigurationError` if `negative_label` is not among them, or is the only one."""
    labels = vocabulary_labels(vocab, RELATION_LABELS)
    if negative_label not in labels or len(labels) < 2:
        raise ConfigurationError(
            f"the labels of the training data are {labels}: negative_label {negative_label!r} must "
            "be one of them, and there must be another one"
        )
    return labels


def real_rows(
    metadata: Optional[Sequence[Dict[str, Any]]], num_rows: int, device: torch.device
) -> torch.Tensor:
    """The indices of the rows that are not padding of distributed data, `[n]`."""
    if metadata is None:
        return torch.arange(num_rows, device=device)
    rows = [row for row, data in enumerate(metadata) if not data.get("is_padding", False)]
    return torch.tensor(rows, dtype=torch.long, device=device)


def described_rows(labels: Sequence[str], output: Dict[str, Any]) -> Dict[str, List[Any]]:
    """For each row its `label`: the label that `output` has as `predicted`, by default the
    likeliest. Also, by label, its `probabilities` and, if `output` has it, their `spread`."""
    probabilities: torch.Tensor = output["probabilities"]
    predicted = output.get("predicted", probabilities.argmax(1))
    result: Dict[str, List[Any]] = {"label": [labels[index] for index in predicted.tolist()]}
    for name in ("probabilities", "spread"):
        if name in output:
            rows = output[name].tolist()
            result[name] = [dict(zip(labels, row, strict=True)) for row in rows]
    return result

"""A field for labelled pairs of words or spans, which are concatenated over the batch."""

from typing import Any, Dict, List, Optional, Sequence, Tuple

import torch
from allennlp.data.fields.field import Field
from allennlp.data.vocabulary import Vocabulary


class RelationField(Field[torch.Tensor]):
    """Labelled, ordered pairs of positions (words, spans, ...) of one instance.

    A label that is not in the vocabulary cannot be predicted, so its pairs are left out of the
    tensor. Keep the gold relations for scores in the instance's metadata: there, these pairs are
    kept and count as missed.

    The tensor of an instance is `[n, 3]`: head position, tail position, label index. The tensor of
    a batch is `[sum n, 4]`, with the row as an additional first column. There is no padding, so the
    memory does not depend on the row with the most relations.

    # Parameters

    relations : `Sequence[Tuple[int, int, str]]`
        The head position, tail position and label of each relation.
    undirected : `Sequence[str]`, optional (default = `()`)
        The undirected ones among these labels. They are counted into the vocabulary namespace
        `undirected_namespace(label_namespace)`, so that a model and its archive know them.
    label_namespace : `str`, optional (default = `"relation_labels"`)
    """

    __slots__ = ["_indexed", "label_namespace", "relations", "undirected"]

    def __init__(
        self,
        relations: Sequence[Tuple[int, int, str]],
        undirected: Sequence[str] = (),
        label_namespace: str = "relation_labels",
    ) -> None:
        self.relations = list(relations)
        self.undirected = list(undirected)
        self.label_namespace = label_namespace
        self._indexed: Optional[List[Tuple[int, int, int]]] = None

    def count_vocab_items(self, counter: Dict[str, Dict[str, int]]) -> None:
        for _, _, label in self.relations:
            counter[self.label_namespace][label] += 1
        for label in self.undirected:
            counter[undirected_namespace(self.label_namespace)][label] += 1

    def index(self, vocab: Vocabulary) -> None:
        known = {}
        if self.label_namespace in vocab.get_namespaces():
            known = vocab.get_token_to_index_vocabulary(self.label_namespace)
        self._indexed = [
            (head, tail, known[label]) for head, tail, label in self.relations if label in known
        ]

    def get_padding_lengths(self) -> Dict[str, int]:
        return {}

    def as_tensor(self, padding_lengths: Dict[str, int]) -> torch.Tensor:
        if self._indexed is None:
            raise ValueError("index the field with a vocabulary before asking for its tensor")
        return torch.tensor(self._indexed, dtype=torch.long).view(-1, 3)

    def batch_tensors(self, tensor_list: List[torch.Tensor]) -> torch.Tensor:
        rows = torch.repeat_interleave(
            torch.arange(len(tensor_list)), torch.tensor([len(tensor) for tensor in tensor_list])
        )
        return torch.cat([rows.unsqueeze(1), torch.cat(tensor_list)], dim=1)

    def empty_field(self) -> "RelationField":
        return RelationField([], [], self.label_namespace)

    def human_readable_repr(self) -> List[Any]:
        return [list(relation) for relation in self.relations]

    def __len__(self) -> int:
        return len(self.relations)


def undirected_namespace(label_namespace: str) -> str:
    """The vocabulary namespace of the undirected labels among those of `label_namespace`.

    Its name ends with `label_namespace`, which should end with "labels", so that AllenNLP adds
    neither a padding nor an unknown token to it.
    """
    return f"undirected_{label_namespace}"

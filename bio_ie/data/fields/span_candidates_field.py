"""A field for the concepts of a knowledge base that spans of a text may name."""

from typing import Any, Dict, List, NamedTuple, Optional, Sequence

import torch
from allennlp.data import Vocabulary
from allennlp.data.fields import Field

from bio_ie.data.fields.labels_field import UNSEEN
from bio_ie.data.fields.ragged_tables import row_numbers, table
from bio_ie.text.stable_key import stable_key

CandidateTensors = Dict[str, torch.Tensor]


class SpanCandidate(NamedTuple):
    """A concept that the words from `first` to `last` may name."""

    first: int
    last: int
    concept_id: str
    score: float


class SpanCandidatesField(Field[CandidateTensors]):
    """The candidates of all spans of a text, in one list. No span has a concept twice.

    # Parameters

    candidates : `Sequence[SpanCandidate]`
    label_namespace : `str`
        The namespace of the concepts that training has seen. Candidates are not added to it.

    # Output

    A dictionary with the `P` candidates of the batch:

    spans : `[P, 3]`: the row of its text, its first and its last word
    places : `[P]`: the index of the candidate among the candidates of its text
    labels : `[P]`: the index of the concept in the namespace, `UNSEEN` if it is not there
    keys : `[P]`: the `stable_key` of the concept; see `ConceptEmbedder`
    scores : `[P]`, float
    """

    __slots__ = ["_labels", "_namespace", "candidates"]

    def __init__(self, candidates: Sequence[SpanCandidate], label_namespace: str) -> None:
        self.candidates = list(candidates)
        self._namespace = label_namespace
        self._labels: Optional[List[int]] = None

    def index(self, vocab: Vocabulary) -> None:
        known = vocab.get_token_to_index_vocabulary(self._namespace)
        self._labels = [known.get(c.concept_id, UNSEEN) for c in self.candidates]

    def get_padding_lengths(self) -> Dict[str, int]:
        return {}

    def as_tensor(self, padding_lengths: Dict[str, int]) -> CandidateTensors:
        if self._labels is None:
            raise ValueError("index the field with a vocabulary before asking for its tensors")
        return {
            "spans": table([[c.first, c.last] for c in self.candidates], 2),
            "labels": torch.tensor(self._labels, dtype=torch.long),
            "keys": torch.tensor([stable_key(c.concept_id) for c in self.candidates]).long(),
            "scores": torch.tensor([c.score for c in self.candidates], dtype=torch.float),
        }

    def batch_tensors(self, tensor_list: List[CandidateTensors]) -> CandidateTensors:
        counts = [len(tensors["labels"]) for tensors in tensor_list]
        joined = {name: torch.cat([t[name] for t in tensor_list]) for name in tensor_list[0]}
        rows = row_numbers(counts).unsqueeze(1)
        places = torch.cat([torch.arange(count) for count in counts])
        return {**joined, "spans": torch.cat([rows, joined["spans"]], dim=1), "places": places}

    def empty_field(self) -> "SpanCandidatesField":
        return SpanCandidatesField([], self._namespace)

    def human_readable_repr(self) -> List[Any]:
        return list(self.candidates)

    def __len__(self) -> int:
        return len(self.candidates)

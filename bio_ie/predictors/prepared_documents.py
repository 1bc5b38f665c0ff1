"""Documents that are ready for a model."""

from typing import List, NamedTuple, Optional, Tuple

from allennlp.data import TensorDict

from bio_ie.files.failures import DocumentOrFailure


class PreparedBatch(NamedTuple):
    """A batch of instances.

    # Parameters

    indices : `List[int]`
        The numbers of its instances among those of `PreparedDocuments`.
    tensors : `TensorDict`, optional
        The input of the model. `None` if an instance is to blame for that it cannot be made.
    """

    indices: List[int]
    tensors: Optional[TensorDict]


class PreparedDocuments(NamedTuple):
    """Documents, and the batches of their instances. It can be sent to another process.

    # Parameters

    items : `List[Tuple[DocumentOrFailure, int]]`
        Each document, or failure, with the number of its instances.
    batches : `List[PreparedBatch]`
        They have each instance once, the shortest ones first.
    """

    items: List[Tuple[DocumentOrFailure, int]]
    batches: List[PreparedBatch]

    @property
    def num_instances(self) -> int:
        return sum(number for _, number in self.items)

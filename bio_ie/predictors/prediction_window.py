"""The documents that are in memory at a time while a stream of documents is predicted."""

from typing import List, Tuple

from allennlp.data import Instance

from bio_ie.files.failures import DocumentOrFailure
from bio_ie.predictors.instance_batches import instance_size
from bio_ie.text.document import Document

_BATCHES = 128
_MAX_INSTANCES = 8192
_CHARACTERS_PER_SLOT = 8


class PredictionWindow:
    """Documents that are predicted together. The more instances there are to choose from, the more
    alike are the lengths of those in a batch, and the less padding the batch has.

    A window is full when it holds 128 batches or 8,192 instances. Documents without instances count
    as one instance, and the characters of all documents count, so memory is bounded whatever the
    input is.

    # Parameters

    batch_size : `int`
        The most instances of a batch.
    batch_slots : `int`
        The most slots of a batch (`batches_of_like_width`).
    """

    def __init__(self, batch_size: int, batch_slots: int) -> None:
        self.items: List[Tuple[DocumentOrFailure, List[Instance]]] = []
        """Each item of the stream with its instances, which are indexed."""
        self._room_for_instances = min(_BATCHES * batch_size, _MAX_INSTANCES)
        self._room_for_slots = _BATCHES * batch_slots
        self._room_for_characters = _CHARACTERS_PER_SLOT * self._room_for_slots

    def add(self, item: DocumentOrFailure, instances: List[Instance]) -> None:
        self.items.append((item, instances))
        self._room_for_instances -= max(len(instances), 1)
        self._room_for_slots -= sum(instance_size(instance).slots for instance in instances)
        if isinstance(item, Document):
            self._room_for_characters -= len(item.text)

    @property
    def is_full(self) -> bool:
        rooms = self._room_for_instances, self._room_for_slots, self._room_for_characters
        return min(rooms) <= 0

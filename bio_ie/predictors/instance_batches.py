"""Puts instances into batches with little padding."""

from typing import List, NamedTuple, Sequence

from allennlp.data import Instance
from allennlp.data.fields import TextField


class InstanceSize(NamedTuple):
    """How much of an encoder's input an instance takes.

    # Parameters

    rows : `int`
        The number of its rows: the windows of a long text, otherwise 1.
    width : `int`
        The length of its longest row, in wordpieces or, without an indexer that makes wordpieces,
        in words.
    """

    rows: int
    width: int

    @property
    def slots(self) -> int:
        return self.rows * self.width


def instance_size(instance: Instance) -> InstanceSize:
    """The size of an indexed instance. Of several texts, the one with the longest rows counts."""
    sizes = [_text_size(field) for field in instance.fields.values() if type(field) is TextField]
    return max(sizes, key=lambda size: size.width, default=InstanceSize(1, 1))


def _text_size(text: TextField) -> InstanceSize:
    rows, width = 1, 1
    pieces = 0
    for name, length in text.get_padding_lengths().items():
        what = name.rpartition("___")[2]
        if what == "windows":
            rows = max(rows, length)
        elif what == "pieces":
            pieces = max(pieces, length)
        elif what != "num_token_characters":
            width = max(width, length)
    # Of a text in windows, the words are more than the wordpieces of a window.
    return InstanceSize(rows, pieces or width)


def batches_of_like_width(
    sizes: Sequence[InstanceSize], max_instances: int, max_slots: int
) -> List[List[int]]:
    """Sorts instances by their width and cuts the order into batches.

    # Parameters

    sizes : `Sequence[InstanceSize]`
    max_instances : `int`
        The most instances in a batch.
    max_slots : `int`
        The most slots of a batch: its rows times the width of the widest one, so padding included.
        An instance that has more is a batch of its own.

    # Returns

    `List[List[int]]`
        The indices of each batch's instances, the narrowest ones first.
    """
    batches: List[List[int]] = []
    rows = 0  # of the last batch
    for index in sorted(range(len(sizes)), key=lambda index: sizes[index][::-1]):
        size = sizes[index]
        rows += size.rows
        if not batches or len(batches[-1]) == max_instances or rows * size.width > max_slots:
            batches.append([])
            rows = size.rows
        batches[-1].append(index)
    return batches

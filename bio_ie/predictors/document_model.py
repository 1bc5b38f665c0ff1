"""What `DocumentPredictor` asks of a model, beyond AllenNLP's `Model`."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class HasEntitySource(Protocol):
    """A model that finds its entities itself, or is given them.

    # Attributes

    entity_source : `str`
        `"gold"`: the model works on the mentions of its input, and the reader makes labels of them.
    """

    entity_source: str


@runtime_checkable
class KeepsMentions(Protocol):
    """A model that classifies pairs of given mentions.

    # Attributes

    keeps_mentions : `bool`
        Whether a predicted document has the mentions of the input, and each of the model's outputs
        a `pair`, which says all about one pair of mentions.
    """

    keeps_mentions: bool

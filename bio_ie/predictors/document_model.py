"""The protocols by which `DocumentPredictor` recognises what a model needs and predicts."""

from typing import Protocol, runtime_checkable


@runtime_checkable
class HasEntitySource(Protocol):
    """A model that finds its entities itself or takes them from its input.

    # Attributes

    entity_source : `str`
        With `"gold"`, the model uses the mentions of its input, of which the reader makes labels.
    """

    entity_source: str


@runtime_checkable
class LinksMentions(Protocol):
    """A model that may predict the concepts of mentions.

    # Attributes

    links_mentions : `bool`
        Whether it does.
    """

    links_mentions: bool


@runtime_checkable
class KeepsMentions(Protocol):
    """A model that classifies pairs of given mentions.

    # Attributes

    keeps_mentions : `bool`
        Whether a predicted document keeps the mentions of the input. Then each of the model's
        outputs has a `pair`, with all that the model predicts for one pair of mentions.
    """

    keeps_mentions: bool

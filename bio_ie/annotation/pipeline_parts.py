"""The parts of a pipeline that different processes can do."""

import enum
from itertools import groupby
from typing import List, NamedTuple, Sequence

from bio_ie.annotation.steps.annotation_step import AnnotationStep


class Does(enum.Enum):
    """What is done of a step: all of it, what needs no model, or the rest."""

    ALL = "all"
    PREPARING = "preparing"
    MODEL = "model"


class Part(NamedTuple):
    """A part of a pipeline.

    # Parameters

    step : `int`
        The place of the step.
    does : `Does`
    """

    step: int
    does: Does


class Stage(NamedTuple):
    """Parts in a row that are done by the same process. A model is a stage of its own, since each
    has something prepared before it.

    # Parameters

    parts : `List[Part]`
    """

    parts: List[Part]

    @property
    def has_model(self) -> bool:
        return any(part.does is Does.MODEL for part in self.parts)


def parts_of(steps: Sequence[AnnotationStep]) -> List[Part]:
    """All parts of a pipeline, in order."""
    parts: List[Part] = []
    for place, step in enumerate(steps):
        if step.has_model:
            parts += [Part(place, Does.PREPARING), Part(place, Does.MODEL)]
        else:
            parts.append(Part(place, Does.ALL))
    return parts


def stages_of(steps: Sequence[AnnotationStep]) -> List[Stage]:
    """The stages of a pipeline: models, and what is done before, between and after them."""
    groups = groupby(parts_of(steps), lambda part: part.does is Does.MODEL)
    return [Stage(list(parts)) for _, parts in groups]

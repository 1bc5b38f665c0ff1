"""Pipelines: steps that annotate documents one after the other."""

import copy
import json
import os
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Sequence

from allennlp.common import FromParams, Params
from allennlp.common.checks import ConfigurationError
from allennlp.common.params import parse_overrides, with_overrides

from bio_ie.annotation.merging import merged
from bio_ie.annotation.pipeline_parts import Does, Part, parts_of
from bio_ie.annotation.steps.annotation_step import (
    CONCEPTS,
    FACTS,
    MENTIONS,
    RELATIONS,
    AnnotationStep,
)
from bio_ie.files.failures import DocumentOrFailure, Failure
from bio_ie.text.document import Document
from bio_ie.training.part_check import check_part

_REMEDIES = {
    MENTIONS: "put a step before it that finds mentions, such as {type: 'dictionary'} or the "
    "archive of a model that does",
    CONCEPTS: "put a step before it that links mentions, such as {type: 'candidates'}",
}


@dataclass
class Annotated:
    """What a pipeline has given for some documents so far. It can be sent to another process.

    # Parameters

    items : `List[DocumentOrFailure]`
        The documents in their order, with failures in the place of those that failed.
    added : `Dict[str, Dict[str, int]]`
        For each step, how many mentions, links, relations and facts it has given.
    seconds : `Dict[str, float]`
        The time of each part of the pipeline.
    prepared : `Any`, optional
        What a step has prepared and not yet finished.
    """

    items: List[DocumentOrFailure]
    added: Dict[str, Dict[str, int]] = field(default_factory=dict)
    seconds: Dict[str, float] = field(default_factory=dict)
    prepared: Any = None


class Pipeline(FromParams):
    """
    Annotates documents in steps. A document keeps what earlier steps gave it; see
    `bio_ie.annotation.merging`.

    # Parameters

    steps : `List[AnnotationStep]`
    keep_annotations : `bool`, optional (default = `False`)
        Whether documents keep the mentions, relations and facts of the input. They are annotated
        from their texts alone by default.

    Raises `ConfigurationError` for a pipeline without steps, and for steps with the same name.
    """

    def __init__(self, steps: List[AnnotationStep], keep_annotations: bool = False) -> None:
        if not steps:
            raise ConfigurationError("a pipeline needs at least one step")
        names = Counter(step.name for step in steps)
        for name, count in names.items():
            if count > 1:
                raise ConfigurationError(
                    f"{count} steps are called {name!r}: give them a 'name' each"
                )
        self.steps = steps
        self.keep_annotations = keep_annotations

    def files(self) -> List[str]:
        """The files on whose content the annotations depend."""
        return list(dict.fromkeys(path for step in self.steps for path in step.files()))

    def open(self, cuda_device: int = -1) -> None:
        """Loads the models and opens the files of all steps.

        Raises `ConfigurationError` for a step that needs what no earlier step gives.
        """
        there = set([MENTIONS, CONCEPTS, RELATIONS, FACTS] if self.keep_annotations else [])
        for number, step in enumerate(self.steps, 1):
            step.open(cuda_device)
            for content in (MENTIONS, CONCEPTS):
                if content in step.needs - there:
                    raise ConfigurationError(
                        f"step {number}, {step.name!r}, needs {content}, which no step before it "
                        f"gives: {_REMEDIES[content]}; or set keep_annotations, if the input has "
                        "them"
                    )
            there |= step.gives

    def open_parts(self, parts: Sequence[Part], cuda_device: int = -1) -> None:
        """Opens what some parts of the pipeline need, without a check whether they fit together."""
        for place, does in parts:
            step = self.steps[place]
            if does is Does.PREPARING and Part(place, Does.MODEL) not in parts:
                step.open_to_prepare()
            elif does is not Does.PREPARING:
                step.open(cuda_device)

    def __call__(self, items: Sequence[DocumentOrFailure]) -> Annotated:
        """Annotates documents. Failures pass through."""
        annotated = self.begin(items)
        self.go_on(annotated, parts_of(self.steps))
        return annotated

    def begin(self, items: Sequence[DocumentOrFailure]) -> Annotated:
        """Documents before the first part of the pipeline."""
        return Annotated(
            [
                item.without_annotations()
                if isinstance(item, Document) and not self.keep_annotations
                else item
                for item in items
            ]
        )

    def go_on(self, annotated: Annotated, parts: Sequence[Part]) -> None:
        """Does the next parts of the pipeline."""
        for place, does in parts:
            step = self.steps[place]
            started = time.perf_counter()
            if does is Does.PREPARING:
                annotated.prepared = step.prepare(annotated.items)
            elif does is Does.MODEL:
                found = step.finish(annotated.prepared)
                annotated.prepared = None
                _add(annotated, found, step.name)
            else:
                _add(annotated, step.annotate(annotated.items), step.name)
            stage = step.name if does is Does.ALL else f"{step.name} ({does.value})"
            annotated.seconds[stage] = time.perf_counter() - started


def _add(annotated: Annotated, found: Sequence[DocumentOrFailure], step: str) -> None:
    """Adds what a step has found."""
    items = annotated.items
    counts: Counter[str] = Counter()
    for index, (before, after) in enumerate(zip(items, found, strict=True)):
        if isinstance(before, Failure):
            continue
        if isinstance(after, Failure):
            items[index] = Failure(after.id, f"step {step!r}: {after.error}")
            continue
        result = merged(before, after, step)
        items[index] = result.document
        counts.update(result.added)
    annotated.added[step] = dict(counts)


def read_pipeline(path: str, overrides: str = "") -> Dict[str, Any]:
    """
    The config of a pipeline.

    # Parameters

    path : `str`
        A jsonnet file with the config, or an archive or the folder of a training, which is the only
        step then.
    overrides : `str`, optional
        Changes to the config as JSON, as for AllenNLP's `train`: `{"steps.0.batch_size": 64}`.

    Raises `ConfigurationError` for a config that is wrong.
    """
    if not os.path.exists(path):
        raise ConfigurationError(f"there is no pipeline and no archive {path}")
    if path.endswith((".jsonnet", ".json")):
        config = Params.from_file(path).as_dict(quiet=True)
    else:
        config = {"steps": [{"type": "archive", "archive": path}]}
    if overrides:
        config = with_overrides(config, parse_overrides(overrides))
    config = json.loads(json.dumps(config))
    check_pipeline(config)
    return config


def check_pipeline(config: Mapping[str, Any]) -> None:
    """Raises `ConfigurationError` for the config of a pipeline with unknown or wrong settings."""
    if "steps" not in config:
        raise ConfigurationError(
            "the pipeline has no 'steps': it must be like {steps: [{type: 'archive', archive: "
            "'model.tar.gz'}]}"
        )
    check_part(dict(config), Pipeline, "pipeline")


def build_pipeline(config: Mapping[str, Any]) -> Pipeline:
    """Builds the pipeline of a config."""
    return Pipeline.from_params(Params(copy.deepcopy(dict(config))))

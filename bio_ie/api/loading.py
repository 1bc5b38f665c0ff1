"""Loads models and pipelines."""

import json
import os
from itertools import islice
from typing import Any, Dict, Iterable, Iterator, Mapping, Optional, Union

import torch
from allennlp.common.checks import ConfigurationError
from allennlp.models import load_archive
from allennlp.predictors import Predictor

from bio_ie.annotation.pipeline import Pipeline, build_pipeline, read_pipeline
from bio_ie.api.loaded_model import LoadedModel
from bio_ie.files.failures import DocumentOrFailure
from bio_ie.files.trust import is_trusted, trusting
from bio_ie.predictors.document_predictor import DocumentPredictor

_DOCUMENTS_AT_ONCE = 256

Device = Union[None, int, str, torch.device]


def load(
    path: Union[str, "os.PathLike[str]"],
    device: Device = None,
    overrides: Optional[Mapping[str, Any]] = None,
    batch_size: Optional[int] = None,
    batch_wordpieces: Optional[int] = None,
    trust: bool = False,
) -> LoadedModel:
    """
    Loads a trained model or a pipeline.

    # Parameters

    path : `Union[str, os.PathLike]`
        An archive (`model.tar.gz`), the folder of a training, or the jsonnet file of a pipeline
        (`training_config/pipelines`).
    device : `Union[int, str, torch.device]`, optional
        Where the model computes: `"cpu"` (the default), `"cuda"`, `"cuda:1"`, or the number of a
        GPU.
    overrides : `Mapping[str, Any]`, optional
        Changes to the config of the archive or of the pipeline, with dotted keys.
    batch_size, batch_wordpieces : `int`, optional
        See `DocumentPredictor`. A pipeline sets them for each of its steps.
    trust : `bool`, optional (default = `False`)
        Load an archive that could run code.

    # Returns

    `LoadedModel`
        It gives the same predictions as `bio-ie predict` (an archive) or `bio-ie annotate` (a
        pipeline).

    Raises `ConfigurationError` for a path that is neither, and for wrong settings;
    `UntrustedArchiveError` for an archive that could run code.
    """
    path = os.fspath(path)
    if not os.path.exists(path):
        raise ConfigurationError(f"there is no archive and no pipeline {path}")
    number = device_number(device)
    changes = json.dumps(dict(overrides or {}))
    with trusting(trust or is_trusted()):
        if path.endswith((".jsonnet", ".json")):
            if batch_size is not None or batch_wordpieces is not None:
                raise ConfigurationError("batches are settings of the steps of a pipeline")
            pipeline = build_pipeline(read_pipeline(path, changes if overrides else ""))
            pipeline.open(number)
            return _of_pipeline(path, pipeline)
        batches: Dict[str, Any] = {"batch_size": batch_size, "batch_wordpieces": batch_wordpieces}
        archive = load_archive(path, cuda_device=number, overrides=changes)
        predictor = Predictor.from_archive(archive, "document", extra_args=batches)
    if not isinstance(predictor, DocumentPredictor):
        raise ConfigurationError(f"the model of {path} does not predict documents")
    return LoadedModel(path, predictor.predict_documents, predictor.takes_mentions)


def _of_pipeline(path: str, pipeline: Pipeline) -> LoadedModel:
    def annotate(documents: Iterable[DocumentOrFailure]) -> Iterator[DocumentOrFailure]:
        stream = iter(documents)
        while some := list(islice(stream, _DOCUMENTS_AT_ONCE)):
            yield from pipeline(some).items

    return LoadedModel(path, annotate, pipeline.keep_annotations)


def device_number(device: Device) -> int:
    """The number of a device as AllenNLP has it: -1 is the CPU.

    Raises `ConfigurationError` for a device that torch does not see.
    """
    if device is None:
        return -1
    try:
        found = torch.device("cuda", device) if isinstance(device, int) else torch.device(device)
    except RuntimeError as error:
        raise ConfigurationError(f"device {device!r}: {error}") from error
    if found.type == "cpu":
        return -1
    number = found.index or 0
    if found.type != "cuda" or number >= torch.cuda.device_count():
        raise ConfigurationError(f"device {device!r} does not exist")
    return number

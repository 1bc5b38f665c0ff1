"""Checks that what a model is scored on is nothing that it knows from its knowledge."""

import json
import logging
import os
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Set

from allennlp.common import Params
from allennlp.common.checks import ConfigurationError

from bio_ie.archives.experiment import Experiment
from bio_ie.knowledge.candidate_generators import CandidateGenerator
from bio_ie.knowledge.concept_embeddings import ConceptVectorsError, archived_vectors
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.knowledge.leaks import (
    REMEDY,
    LeakError,
    VectorsEvidence,
    known_papers,
    leaks,
    unknown_origins,
    vectors_evidence,
)

logger = logging.getLogger(__name__)

SCORED_PATHS = ("validation_data_path", "test_data_path")
"""The keys of a config that name what its model is scored on."""


class ScoredData:
    """The data that an experiment is scored on, and what its model knows of it beforehand.

    In training, this is the validation data and the test data. A reader of an archive reads nothing
    but what is scored, since texts to predict from do not pass through `DatasetReader.read`. A
    reader without an experiment, which is built by itself in Python, checks nothing.

    # Parameters

    experiment : `Experiment`, optional
    on_leak : `str`, optional (default = `"raise"`)
        `"raise"` or `"warn"`.
    serialization_dir : `str`, optional
        The folder of the experiment, where an archive may have a copy of its concept vectors.
    """

    def __init__(
        self,
        experiment: Optional[Experiment],
        on_leak: str = "raise",
        serialization_dir: Optional[str] = None,
    ) -> None:
        if on_leak not in ("raise", "warn"):
            raise ConfigurationError(f"on_leak must be 'raise' or 'warn', not {on_leak!r}")
        self._warns = on_leak == "warn"
        self._is_trained = experiment is not None and experiment.is_trained
        config = experiment.config if experiment is not None else {}
        self._paths = [_comparable(config[key]) for key in SCORED_PATHS if config.get(key)]
        # An archive is unpacked only while it is loaded, so files in it are read now.
        files = _files_of_vectors(config.get("model"))
        self._vectors = list(_evidence(files, serialization_dir))
        self._known: Optional[Dict[str, List[str]]] = None

    def check(self, path: Any, papers: Set[str], knowledge_bases: Sequence[KnowledgeBase]) -> None:
        """Checks the papers of the documents that were read from a data path.

        Raises `LeakError` if a model is scored on them and some are evidence in one of the
        knowledge bases or for the concept vectors of the model."""
        if not papers or not (self._is_trained or _comparable(path) in self._paths):
            return
        found = list(leaks(papers, knowledge_bases, self._vectors))
        for file in unknown_origins(self._vectors):
            logger.warning("%s does not say what its vectors were made from: no check", file)
        if not found:
            return
        what = f"{_shown(path)}: {'; '.join(found)}"
        if not self._warns:
            raise LeakError(f"{what}. {REMEDY}, or set on_leak of the reader to 'warn'")
        logger.warning("%s", what)

    def files_that_know(self, paper: str, knowledge_bases: Sequence[KnowledgeBase]) -> List[str]:
        """The knowledge bases, and the files of concept vectors, in which a paper is evidence. The
        knowledge bases are read once, and must be the same each time."""
        if self._known is None:
            self._known = known_papers(knowledge_bases, self._vectors)
        return self._known.get(paper, [])


def knowledge_bases_of(
    kb: Optional[KnowledgeBase], candidate_generator: Optional[CandidateGenerator] = None
) -> List[KnowledgeBase]:
    """A knowledge base, and that of a candidate generator, as far as there are any."""
    found = [kb, getattr(candidate_generator, "kb", None)]
    return [base for base in found if isinstance(base, KnowledgeBase)]


def _files_of_vectors(part: Any) -> Iterator[str]:
    """The files of concept vectors that a part of a config names."""
    if isinstance(part, Mapping):
        if isinstance(part.get("vectors"), str):
            yield part["vectors"]
        part = list(part.values())
    if isinstance(part, list):
        for value in part:
            yield from _files_of_vectors(value)


def _evidence(files: Iterator[str], serialization_dir: Optional[str]) -> Iterator[VectorsEvidence]:
    for file in files:
        copy = archived_vectors(file, serialization_dir) if serialization_dir else None
        readable = file if copy is None or not copy.is_file() else os.fspath(copy)
        try:
            yield vectors_evidence(readable)._replace(path=file)
        except ConceptVectorsError:
            continue  # the model, which needs the file, says what is wrong with it


def _comparable(path: Any) -> Any:
    """A data path in one form, whether it comes from a config or from a command line."""
    if isinstance(path, Params):
        return path.as_dict(quiet=True)
    return dict(path) if isinstance(path, Mapping) else path


def _shown(path: Any) -> str:
    comparable = _comparable(path)
    return comparable if isinstance(comparable, str) else json.dumps(comparable, default=str)

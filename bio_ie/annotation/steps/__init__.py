"""Steps of pipelines, which add annotations to documents."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.annotation.steps.annotation_step import AnnotationStep
    from bio_ie.annotation.steps.archive import ArchiveStep
    from bio_ie.annotation.steps.candidates import CandidatesStep
    from bio_ie.annotation.steps.dictionary import DictionaryStep
else:
    __getattr__ = lazy_exports(__name__)

__all__ = ["AnnotationStep", "ArchiveStep", "CandidatesStep", "DictionaryStep"]

"""Annotates corpora of any size: pipelines of steps, run in shards that can be continued."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.annotation.annotation_run import AnnotationRun
    from bio_ie.annotation.pipeline import Pipeline, read_pipeline
else:
    __getattr__ = lazy_exports(__name__)

__all__ = ["AnnotationRun", "Pipeline", "read_pipeline"]

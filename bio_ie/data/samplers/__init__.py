"""Samplers of batches."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.data.samplers.related_unrelated import RelatedUnrelatedBatchSampler
else:
    __getattr__ = lazy_exports(__name__)

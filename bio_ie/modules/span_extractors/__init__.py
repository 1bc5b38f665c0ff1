"""Extractors of the vectors of spans."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.modules.span_extractors.endpoint_attentive import EndpointAttentiveSpanExtractor
else:
    __getattr__ = lazy_exports(__name__)

__all__ = ["EndpointAttentiveSpanExtractor"]

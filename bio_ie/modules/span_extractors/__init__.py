from bio_ie.modules.span_extractors.endpoint_attentive import EndpointAttentiveSpanExtractor

__all__ = ["EndpointAttentiveSpanExtractor"]

"""Fields of instances."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.data.fields.background_graph_field import BackgroundGraphField
    from bio_ie.data.fields.document_graph_field import DocumentGraphField, Link
    from bio_ie.data.fields.labels_field import IGNORED, UNSEEN, LabelsField
    from bio_ie.data.fields.relation_field import RelationField, undirected_namespace
    from bio_ie.data.fields.span_candidates_field import SpanCandidate, SpanCandidatesField
    from bio_ie.data.fields.tag_field import TagField
else:
    __getattr__ = lazy_exports(__name__)

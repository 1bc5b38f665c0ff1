"""Scores."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.metrics.active_units import ActiveUnits
    from bio_ie.metrics.biorelex_f1 import BioRelExF1
    from bio_ie.metrics.class_f1 import ClassF1
    from bio_ie.metrics.document_fact_f1 import DocumentFactF1
    from bio_ie.metrics.document_linking_f1 import DocumentLinkingF1
    from bio_ie.metrics.entity_f1 import EntityF1
    from bio_ie.metrics.mention_linking_f1 import MentionLinkingF1
    from bio_ie.metrics.relation_f1 import RelationF1
    from bio_ie.metrics.threshold_f1 import ThresholdF1
    from bio_ie.metrics.thresholds import Thresholds
else:
    __getattr__ = lazy_exports(__name__)

__all__ = [
    "ActiveUnits",
    "BioRelExF1",
    "ClassF1",
    "DocumentFactF1",
    "DocumentLinkingF1",
    "EntityF1",
    "MentionLinkingF1",
    "RelationF1",
    "ThresholdF1",
    "Thresholds",
]

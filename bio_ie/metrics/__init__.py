from bio_ie.metrics.biorelex_f1 import BioRelExF1
from bio_ie.metrics.entity_f1 import EntityF1
from bio_ie.metrics.relation_f1 import RelationF1

__all__ = ["BioRelExF1", "EntityF1", "RelationF1"]

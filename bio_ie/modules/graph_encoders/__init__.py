"""Encoders of graphs."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.modules.graph_encoders.bidirectional_gcn import BidirectionalGcn
    from bio_ie.modules.graph_encoders.graph_encoder import GraphEncoder
    from bio_ie.modules.graph_encoders.pass_through import PassThroughGraphEncoder
    from bio_ie.modules.graph_encoders.relation_linear import RelationBlocks, RelationLinear
    from bio_ie.modules.graph_encoders.relational_gcn import RelationalGcn
else:
    __getattr__ = lazy_exports(__name__)

__all__ = [
    "BidirectionalGcn",
    "GraphEncoder",
    "PassThroughGraphEncoder",
    "RelationBlocks",
    "RelationLinear",
    "RelationalGcn",
]

from bio_ie.modules.graph_encoders.bidirectional_gcn import BidirectionalGcn
from bio_ie.modules.graph_encoders.graph_encoder import GraphEncoder
from bio_ie.modules.graph_encoders.pass_through import PassThroughGraphEncoder
from bio_ie.modules.graph_encoders.relation_linear import RelationBlocks, RelationLinear
from bio_ie.modules.graph_encoders.relational_gcn import RelationalGcn

__all__ = [
    "BidirectionalGcn",
    "GraphEncoder",
    "PassThroughGraphEncoder",
    "RelationBlocks",
    "RelationLinear",
    "RelationalGcn",
]

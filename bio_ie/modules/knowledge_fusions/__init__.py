"""Parts that fuse knowledge into the vectors of spans."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.modules.knowledge_fusions.candidate_attention import Fused
    from bio_ie.modules.knowledge_fusions.knowledge_attention_recontextualization import (
        KnowledgeAttentionRecontextualization,
    )
    from bio_ie.modules.knowledge_fusions.knowledge_fusion import KnowledgeFusion
    from bio_ie.modules.knowledge_fusions.none import NoKnowledgeFusion
    from bio_ie.modules.knowledge_fusions.sentinel_attention import SentinelAttention
else:
    __getattr__ = lazy_exports(__name__)

__all__ = [
    "Fused",
    "KnowledgeAttentionRecontextualization",
    "KnowledgeFusion",
    "NoKnowledgeFusion",
    "SentinelAttention",
]

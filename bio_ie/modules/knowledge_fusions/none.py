from bio_ie.modules.knowledge_fusions.knowledge_fusion import KnowledgeFusion


@KnowledgeFusion.register("none")
class NoKnowledgeFusion(KnowledgeFusion):
    """
    Leaves tokens and spans as they are: the SentContextOnly baseline of Lai et al. 2021 (section
    3.1), which is also their ablation without external knowledge.

    Registered as a `KnowledgeFusion` with name "none".

    # Parameters

    token_dim, span_dim, concept_dim : `int`
        Given by the model; see `KnowledgeFusion`.
    """

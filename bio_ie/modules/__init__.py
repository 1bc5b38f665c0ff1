from bio_ie.modules import (
    concept_embedders,
    graph_encoders,
    knowledge_fusions,
    pair_scorers,
    poolings,
    schedules,
    seq2seq_encoders,
    seq2vec_encoders,
    span_extractors,
    tagging,
    token_embedders,
)

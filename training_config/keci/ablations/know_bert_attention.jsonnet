// Table 1, KnowBertAttention: knowledge is fused into words, and spans are predicted once.
(import '../biorelex.jsonnet') {
  knowledge+:: {
    graph_encoder: { type: 'pass_through' },
    fusion: {
      type: 'knowledge_attention_recontextualization',
      hidden_dim: 256,
      num_heads: 4,
      feedforward_dim: 1024,
      score_hidden_dim: 100,
      dropout: 0.1,
    },
  },
}

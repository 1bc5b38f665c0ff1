// Relations of entities: the baseline "Attention" (section 4.3.1), over the sentences of each pair.
local dim = 300;
local hidden_dim = 300;

(import '../lib/relvm/pair_relations.libsonnet') {
  max_contexts:: 50,
  num_iterations:: 1000000,  // section 4.3.1
  iterations_per_epoch:: 20000,
  related:: 50,  // section 4.3.1
  unrelated:: 50,  // section 4.3.1
  lr:: 5e-6,  // section 4.3.1
  vocabulary: { min_count: { tokens: 3 } },
  model: {
    type: 'sentence_attention',
    text_field_embedder: {
      token_embedders: { tokens: { type: 'embedding', embedding_dim: dim } },
    },
    sentence_encoder: { type: 'packed_lstm', input_size: dim, hidden_size: hidden_dim },
    pooling: { type: 'attention' },
    feedforward: { num_layers: 1, hidden_dims: hidden_dim, activations: 'relu' },
  },
  include_in_archive: [],
}

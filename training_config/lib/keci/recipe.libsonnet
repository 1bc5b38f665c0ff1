// How KECI with the embedded encoder is trained, to be added to base.libsonnet: for an encoder half as
// wide as the paper's, that lower-cases. Chosen on BioRelEx (docs/results/keci.md).
local encoders = import '../shared/encoders.libsonnet';

{
  local common = {
    characters:: true,
    span_dim:: 256,
    span_hidden_dims:: [512],
    hidden_dims:: [256],
    entity_hidden_dims:: [],  // types: a linear layer on what FFNN_g has made of a span
    dropout:: 0.3,
    max_span_width:: 12,  // 3 of BioRelEx's 6,925 mentions are wider
    encoder_lr:: 2e-4,
    head_lr:: 1e-3,
    relation_loss:: 'cross_entropy',
    // Pairs of spans outnumber spans: at full weight their losses drown those of types.
    relation_loss_weight:: 0.3,
    final_loss_weight:: 1.0,
  },

  biorelex:: common {
    encoder:: encoders.minilm { embedder+: { sub_token_mode: 'mean' } },
    num_epochs:: 20,
    batch_size:: 8,
    name_pooling:: { type: 'mean' },
    stem_names:: true,
  },
  ade:: common { num_epochs:: 5, batch_size:: 16 },
}

// The settings for training KECI with the embedded encoder, to be added to base.libsonnet. This encoder is
// half as wide as the paper's, and it lower-cases. They were chosen on BioRelEx (docs/results/keci.md).
local encoders = import '../shared/encoders.libsonnet';
local settings = import '../shared/settings.libsonnet';

{
  local common = {
    characters:: true,
    span_dim:: 256,
    span_hidden_dims:: [512],
    hidden_dims:: [256],
    entity_hidden_dims:: [],  // types are scored by a linear layer on the output of FFNN_g
    dropout:: 0.3,
    max_span_width:: 12,  // only 3 of BioRelEx's 6,925 mentions are wider
    encoder_lr:: 2e-4,
    head_lr:: 1e-3,
    relation_loss:: 'cross_entropy',
    // There are more pairs of spans than spans: at full weight their losses outweigh those of types.
    relation_loss_weight:: 0.3,
    final_loss_weight:: 1.0,
  },

  biorelex:: settings.layer(common {
    encoder:: encoders.minilm { embedder+: { sub_token_mode: 'mean' } },
    num_epochs:: 20,
    batch_size:: 8,
    name_pooling:: { type: 'mean' },
    stem_names:: true,
  }),
  ade:: settings.layer(common { num_epochs:: 5, batch_size:: 16 }),
}

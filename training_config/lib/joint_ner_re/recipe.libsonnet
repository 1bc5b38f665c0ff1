// The settings for training joint models with the embedded encoder, to be added to base.libsonnet. They were
// chosen on a fifth of CoNLL04's training file (docs/results/joint_ner_re.md).
local settings = import '../shared/settings.libsonnet';
settings.layer({
  encoder_lr:: 2e-4,
  head_lr:: 1e-3,
  characters:: true,
  model+: {
    training_candidates: 'predicted_and_gold',
    tag_decoder: { type: 'constrained' },
    encoder: { type: 'packed_lstm', input_size: $.word_dim, hidden_size: 256, bidirectional: true },
  },
})

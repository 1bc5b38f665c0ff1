// BioRelEx: 200 sentences of the training file held out, 1,205 to train on. Nested mentions, which
// tags cannot hold, count as missed.
local base = import '../lib/joint_ner_re.libsonnet';
local parts = import '../lib/parts.libsonnet';
local paths = import '../lib/paths.libsonnet';
local held_out = parts.held_out(paths.data + '/biorelex/1.0alpha7.train.json', 200);

base {
  corpus:: { type: 'biorelex' },
  train_data_path: held_out.train,
  test_data_path: held_out.validation,
  evaluate_on_test: true,
  // The recipe of conll04.jsonnet.
  encoder_lr:: 2e-4,
  head_lr:: 1e-3,
  characters:: true,
  model+: {
    training_candidates: 'predicted_and_gold',
    tag_decoder: { type: 'constrained' },
    encoder: { type: 'packed_lstm', input_size: $.word_dim, hidden_size: 256, bidirectional: true },
  },
}

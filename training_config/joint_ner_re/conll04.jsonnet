// CoNLL04, the published split in SpERT's files: train -> dev.
local base = import '../lib/joint_ner_re.libsonnet';
local paths = import '../lib/paths.libsonnet';

base {
  corpus:: { type: 'spert' },
  train_data_path: paths.data + '/conll04/conll04_train.json',
  test_data_path: paths.data + '/conll04/conll04_dev.json',
  evaluate_on_test: true,
  // Chosen on a fifth of the training file (docs/models/joint_ner_re.md).
  encoder_lr:: 2e-4,
  head_lr:: 1e-3,
  characters:: true,
  model+: {
    training_candidates: 'predicted_and_gold',
    tag_decoder: { type: 'constrained' },
    encoder: { type: 'packed_lstm', input_size: $.word_dim, hidden_size: 256, bidirectional: true },
  },
}

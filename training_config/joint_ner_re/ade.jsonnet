// ADE without the relations whose arguments overlap, one fold of ten: 80 % to train on, 10 % to
// validate, 10 % to test. Another fold:
//   -o '{"train_data_path.fold": 3, "validation_data_path.fold": 3, "test_data_path.fold": 3}'
local base = import '../lib/joint_ner_re.libsonnet';
local parts = import '../lib/parts.libsonnet';
local paths = import '../lib/paths.libsonnet';
// Section 3.1.3. As in the published folds, sentences of one abstract may be apart; add
// { group_by_metadata: 'pmid' } to keep them together.
local fold = parts.fold(paths.data + '/ade/DRUG-AE.rel', 0, 10, 1 / 9);

base {
  corpus:: { type: 'ade', group_by: 'sentence', overlapping: false },
  train_data_path: fold.train,
  validation_data_path: fold.validation,
  test_data_path: fold.test,
  evaluate_on_test: true,
  // The recipe of conll04.jsonnet.
  num_epochs:: 10,
  encoder_lr:: 2e-4,
  head_lr:: 1e-3,
  characters:: true,
  model+: {
    training_candidates: 'predicted_and_gold',
    tag_decoder: { type: 'constrained' },
    encoder: { type: 'packed_lstm', input_size: $.word_dim, hidden_size: 256, bidirectional: true },
  },
}

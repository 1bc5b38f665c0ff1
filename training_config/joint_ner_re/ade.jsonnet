// ADE without the relations whose arguments overlap, one fold of ten: 80 % to train on, 10 % to
// validate, 10 % to test. All of them: `bio-ie repeat CONFIG --folds 0-9`.
local base = import '../lib/joint_ner_re.libsonnet';
local parts = import '../lib/parts.libsonnet';
local paths = import '../lib/paths.libsonnet';

// Section 3.1.3. As in the published folds, sentences of one abstract may be apart; add
// { group_by_metadata: 'pmid' } to keep them together.
base + parts.folded(paths.data + '/ade/DRUG-AE.rel', 10, 1 / 9) + {
  corpus:: { type: 'ade', group_by: 'sentence', overlapping: false },
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

// ADE with all its relations, overlapping mentions too, one fold of ten: 80 % to train on, 10 % to
// validate, 10 % to test. All of them: `bio-ie repeat CONFIG --folds 0-9`.
local base = import '../lib/keci.libsonnet';
local parts = import '../lib/parts.libsonnet';
local paths = import '../lib/paths.libsonnet';

// As in the published folds, sentences of one abstract may be apart; add
// { group_by_metadata: 'pmid' } to keep them together.
base + parts.folded(paths.data + '/ade/DRUG-AE.rel', 10, 1 / 9) + {
  corpus:: { type: 'ade', group_by: 'sentence', overlapping: true },
  knowledge_base:: paths.knowledge_bases + '/open.sqlite',
  concept_vectors:: paths.knowledge_bases + '/open.distmult.safetensors',
  definition_vectors:: paths.knowledge_bases + '/open.description.safetensors',
  // The recipe of biorelex.jsonnet, less of it.
  characters:: true,
  span_dim:: 256,
  span_hidden_dims:: [512],
  hidden_dims:: [256],
  entity_hidden_dims:: [],  // types: a linear layer on what FFNN_g has made of a span
  dropout:: 0.3,
  max_span_width:: 12,
  num_epochs:: 5,
  batch_size:: 16,
  encoder_lr:: 2e-4,
  head_lr:: 1e-3,
  relation_loss:: 'cross_entropy',
  relation_loss_weight:: 0.3,
  final_loss_weight:: 1.0,
}

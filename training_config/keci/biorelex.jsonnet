// BioRelEx with open vocabularies as background knowledge: 200 sentences of the training file held
// out, 1,205 to train on.
local encoders = import '../lib/encoders.libsonnet';
local base = import '../lib/keci.libsonnet';
local parts = import '../lib/parts.libsonnet';
local paths = import '../lib/paths.libsonnet';
local held_out = parts.held_out(paths.data + '/biorelex/1.0alpha7.train.json', 200);

base {
  corpus:: { type: 'biorelex' },
  knowledge_base:: paths.knowledge_bases + '/molecules.sqlite',
  concept_vectors:: paths.knowledge_bases + '/molecules.distmult.safetensors',
  definition_vectors:: paths.knowledge_bases + '/molecules.description.safetensors',
  stem_names:: true,
  train_data_path: held_out.train,
  test_data_path: held_out.validation,
  evaluate_on_test: true,
  // For an encoder half as wide as the paper's, that lower-cases.
  characters:: true,
  encoder:: encoders.minilm { embedder+: { sub_token_mode: 'mean' } },
  span_dim:: 256,
  span_hidden_dims:: [512],
  hidden_dims:: [256],
  entity_hidden_dims:: [],  // types: a linear layer on what FFNN_g has made of a span
  dropout:: 0.3,
  max_span_width:: 12,  // 3 of 6,925 mentions are wider
  num_epochs:: 20,
  batch_size:: 8,
  encoder_lr:: 2e-4,
  head_lr:: 1e-3,
  name_pooling:: { type: 'mean' },
  relation_loss:: 'cross_entropy',
  // Pairs of spans outnumber spans: at full weight their losses drown those of types.
  relation_loss_weight:: 0.3,
  final_loss_weight:: 1.0,
}

// The paper's settings: SciBERT, sizes of the released code, Table 8.
local encoders = import '../../lib/encoders.libsonnet';
(import '../biorelex.jsonnet') {
  encoder:: encoders.scibert,
  characters:: false,
  span_dim:: 512,
  span_hidden_dims:: [1000],
  hidden_dims:: [500, 500],
  entity_hidden_dims:: [500, 500],
  dropout:: 0.2,
  max_span_width:: 20,
  num_epochs:: 50,
  batch_size:: 32,
  encoder_lr:: 5e-5,
  head_lr:: 2e-4,
  relation_loss:: 'binary_cross_entropy',
  relation_loss_weight:: 1.0,
  final_loss_weight:: 2.0,
}

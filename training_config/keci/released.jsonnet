// BioRelEx with the settings of KECI's released code, as far as they are settings here (docs/models/keci.md says
// what is missing), where keci/paper/biorelex.jsonnet has those of the paper's text.
local base = import '../lib/keci/base.libsonnet';
local corpora = import '../lib/keci/corpora.libsonnet';
local encoders = import '../lib/shared/encoders.libsonnet';

base + corpora.biorelex {
  encoder:: encoders.scibert_cased,
  relation_loss:: 'cross_entropy',
  model+: {
    loss_reduction: 'mean',  // over spans, over kept spans, and over pairs
    relation_loss_weight: { type: 'step', num_epochs: 1 },  // the first epoch learns entities alone
    span_graph_encoder+: { detach_edge_weights: true },
    final_representation: 'fused_and_span',
  },
}

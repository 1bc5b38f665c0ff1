// "Disease-Phenotype Relations", with the paper's settings (supplementary): HPO's annotations of the papers
// that they refer to.
local base = import '../../lib/snerl/base.libsonnet';
local corpora = import '../../lib/snerl/corpora.libsonnet';

base + corpora.disease_phenotype {
  dim:: 64,
  word_embedding_dropout:: 0.4,
  attention_dropout:: 0.4,
  argument_dropout:: 0.15,
  word_dropout:: 0.15,
  entity_weight:: 0.0,
  negative_entities:: 400,
  num_blocks:: 4,
  num_heads:: 4,
  k:: 10,
  entity_loss_weight:: 0.0,
}

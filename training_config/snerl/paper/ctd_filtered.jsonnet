// "CTD Dataset", filtered as BRAN did, with the paper's settings (supplementary): facts of CTD
// whose entities the automatic linker found in the text.
local base = import '../../lib/snerl/base.libsonnet';
local corpora = import '../../lib/snerl/corpora.libsonnet';

base + corpora.ctd {
  corpus+: { filter: 'linked', candidate_generator:: null },
  word_embedding_dropout:: 0.2,
  attention_dropout:: 0.0,
  argument_dropout:: 0.0,
  word_dropout:: 0.3,
  entity_weight:: 0.0,
  negative_entities:: 200,
  num_blocks:: 2,
  num_heads:: 8,
  k:: 10,
  entity_loss_weight:: 0.0,
}

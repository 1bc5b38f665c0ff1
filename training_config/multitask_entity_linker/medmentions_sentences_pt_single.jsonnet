// Sentences derived from MedMentions (st21pv), with the embedded encoder. Per token, entity linking
// alone.
local architectures = import '../lib/linking_architectures.libsonnet';
local base = import '../lib/multitask_entity_linker.libsonnet';
local corpora = import '../lib/linking_corpora.libsonnet';

base + corpora.medmentions_sentences + architectures.pt_single {
  encoder_lr:: 2e-4,
  head_lr:: 1e-3,
}

// Sentences derived from MedMentions (st21pv), with the embedded encoder. Per token, entity linking
// alone.
local architectures = import '../lib/linking_architectures.libsonnet';
local base = import '../lib/multitask_entity_linker.libsonnet';
local corpora = import '../lib/linking_corpora.libsonnet';
local recipe = import '../lib/linking_recipe.libsonnet';

base + corpora.medmentions_sentences + architectures.pt_single + recipe {
  num_epochs:: 4,  // of some seven times the words that BC5CDR has
}

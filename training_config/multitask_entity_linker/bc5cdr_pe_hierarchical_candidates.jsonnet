// BC5CDR, train -> dev, with the embedded encoder. Per entity, three tasks in a hierarchy, and beyond
// the paper: concepts that training has not seen are scored as well, if a knowledge base proposes
// them for the mention.
local architectures = import '../lib/linking_architectures.libsonnet';
local base = import '../lib/multitask_entity_linker.libsonnet';
local corpora = import '../lib/linking_corpora.libsonnet';
local paths = import '../lib/paths.libsonnet';
local recipe = import '../lib/linking_recipe.libsonnet';

base + corpora.bc5cdr + architectures.pe_hierarchical + recipe {
  rescoring:: true,
  knowledge_base:: paths.knowledge_bases + '/open.sqlite',
  definition_vectors:: paths.knowledge_bases + '/open.description.safetensors',
  concept_vectors:: paths.knowledge_bases + '/open.distmult.safetensors',
}

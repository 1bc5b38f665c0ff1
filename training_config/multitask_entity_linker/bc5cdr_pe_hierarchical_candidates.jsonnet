// BC5CDR, train -> dev, with the embedded encoder. Per entity, three tasks in a hierarchy. Beyond the paper,
// concepts that training has not seen are scored too, if a knowledge base proposes them for the mention.
local linking = import '../lib/linking/all.libsonnet';
linking.base + linking.corpora.bc5cdr + linking.architectures.pe_hierarchical + linking.recipe {
  rescoring:: true,
  knowledge_base:: linking.paths.knowledge_bases + '/open.sqlite',
  definition_vectors:: linking.paths.knowledge_bases + '/open.description.safetensors',
  concept_vectors:: linking.paths.knowledge_bases + '/open.distmult.safetensors',
}

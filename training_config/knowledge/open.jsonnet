// A knowledge base of open vocabularies: MeSH, CTD's diseases (MEDIC), the Human Phenotype Ontology
// and its disease annotations. docs/knowledge.md says where to get each file.
//
//     bio-ie build-kb training_config/knowledge/open.jsonnet --output open.sqlite
local paths = import '../lib/shared/paths.libsonnet';
local settings = import '../lib/shared/settings.libsonnet';

settings.closed('this knowledge base', {
  // The types are the same in all sources, and have the names that corpora use.
  mesh_types:: {
    C: 'Disease',
    F03: 'Disease',  // mental disorders
    D: 'Chemical',
  },
  // Whether the names that other vocabularies have for MeSH's records become synonyms.
  mapped_names:: false,

  type: 'merged',
  // The names and definitions of earlier sources have precedence.
  sources: [
    {
      type: 'mesh',
      path: paths.data + '/kb/mesh_id_label_mappings.tsv.gz',
      tree_numbers: paths.data + '/kb/dhimmel_mesh_tree-numbers.tsv.gz',
      semantic_types: $.mesh_types,
    },
    {
      type: 'mesh',  // supplementary records
      path: paths.data + '/kb/mesh_mappings.tsv.gz',
      semantic_types: $.mesh_types,
      mapped_names: $.mapped_names,
    },
    { type: 'ctd', path: paths.data + '/kb/CTD_diseases.tsv.gz' },
    { type: 'obo', path: paths.data + '/hpo/hp.json.gz' },
    { type: 'hpoa', path: paths.data + '/hpo/phenotype.hpoa.gz' },
  ],
  // A phenotype is merged with the MeSH concept that HPO refers to, if no other phenotype refers to it.
  merge_by: ['MESH'],
})

// "CTD Dataset", full, with the paper's settings (supplementary): facts of CTD whose entities are
// among the first 250 candidates of some mention. The texts are PubTator's, with automatic mentions;
// a knowledge base with MeSH, MEDIC and genes goes with them.
local base = import '../../lib/snerl.libsonnet';
local parts = import '../../lib/parts.libsonnet';
local paths = import '../../lib/paths.libsonnet';
// The paper's split was not published: ten folds by document.
local fold = parts.fold(paths.data + '/ctd/abstracts.PubTator.txt.gz', 0, 10, 1 / 9);

base {
  corpus:: {
    type: 'ctd',
    format: 'pubtator',
    facts: [
      paths.data + '/ctd/CTD_chemicals_diseases.tsv.gz',
      paths.data + '/ctd/CTD_genes_diseases.tsv.gz',
      paths.data + '/ctd/CTD_chem_gene_ixns.tsv.gz',
    ],
    relation_map: paths.data + '/ctd_bran/relation_map.txt',
    filter: 'full',
    candidate_generator: {
      type: 'tfidf',
      kb: { path: $.knowledge_base },
      k: 250,
      semantic_types: $.candidate_types,
    },
    knowledge_base: { path: $.knowledge_base },
    // So that a model of it can be evaluated on BC5CDR, which was made from CTD.
    exclude_documents: { file: paths.data + '/bc5cdr/CDR_*.PubTator.txt.gz', format: 'pubtator' },
  },
  knowledge_base:: paths.knowledge_bases + '/ctd.sqlite',
  candidate_types:: { Chemical: ['Chemical'], Disease: ['Disease'], Gene: ['Gene'] },
  train_data_path: fold.train,
  validation_data_path: fold.validation,
  test_data_path: fold.test,
  evaluate_on_test: true,
}

// The corpora of SNERL and BRAN, each with the knowledge base that goes with it, to be added to
// base.libsonnet: `base + corpora.bc5cdr`.
local parts = import '../shared/parts.libsonnet';
local paths = import '../shared/paths.libsonnet';
local settings = import '../shared/settings.libsonnet';

// The candidate generator by which the facts of a database are found in a text.
local candidates_of(experiment, knowledge_base) = {
  type: 'tfidf',
  kb: { path: knowledge_base },
  k: 250,
  semantic_types: experiment.candidate_types,
};

{
  // BC5CDR's chemical-induced diseases: a fifth of the training file is held out; scores are on the
  // development file.
  bc5cdr:: settings.layer({
    local held_out = parts.held_out(paths.data + '/bc5cdr/CDR_TrainingSet.PubTator.txt.gz', 100),
    corpus:: { type: 'pubtator' },
    knowledge_base:: paths.knowledge_bases + '/mesh_ctd.sqlite',
    candidate_types:: { Chemical: ['Chemical'], Disease: ['Disease'] },
    train_data_path: held_out.train,
    validation_data_path: held_out.validation,
    test_data_path: paths.data + '/bc5cdr/CDR_DevelopmentSet.PubTator.txt.gz',
    evaluate_on_test: true,
  }),

  // "CTD Dataset", full: facts of CTD whose entities are among the first 250 candidates of some mention. The
  // texts are PubTator's, with automatic mentions; they need a knowledge base with MeSH, MEDIC and genes. The
  // paper's split was not published, so there are ten folds by document.
  ctd:: settings.layer(parts.folded(paths.data + '/ctd/abstracts.PubTator.txt.gz', 10, 1 / 9) {
    local experiment = self,
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
      candidate_generator: candidates_of(experiment, experiment.knowledge_base),
      knowledge_base: { path: experiment.knowledge_base },
      // So that a model trained on it can be evaluated on BC5CDR, which was made from CTD.
      exclude_documents: { file: paths.data + '/bc5cdr/CDR_*.PubTator.txt.gz', format: 'pubtator' },
    },
    knowledge_base:: paths.knowledge_bases + '/ctd.sqlite',
    candidate_types:: { Chemical: ['Chemical'], Disease: ['Disease'], Gene: ['Gene'] },
  }),

  // "Disease-Phenotype Relations": HPO's annotations of the papers that they refer to. Concepts are known by
  // their descriptions and their places in the graph, and so are concepts that training never saw. Mentions
  // come from a disease tagger and from a phenotype tagger (gsc_plus_phenotypes.jsonnet), pooled in one file.
  // The paper's split, which was not published, has 401, 86 and 86 documents.
  //
  // These facts are relations of open.jsonnet as well. So there is a knowledge base for each fold, and vectors of
  // its relations, without what the validation and test documents of the fold state (docs/models/snerl.md has
  // the commands). Names and definitions come from no paper, and are the same in all of them: the corpus is
  // joined by those of the whole knowledge base, by which the documents of a fold are told beforehand.
  disease_phenotype:: settings.layer(parts.folded(paths.data + '/hpo/abstracts.PubTator.txt.gz', 7, 1 / 6) {
    local experiment = self,
    local whole = paths.knowledge_bases + '/open',
    local of_fold = '%s.fold_%d' % [whole, self.fold],
    corpus:: {
      type: 'hpo',
      format: 'pubtator',
      facts: paths.data + '/hpo/phenotype.hpoa.gz',
      filter: 'full',
      candidate_generator: candidates_of(experiment, whole + '.sqlite'),
      knowledge_base: { path: whole + '.sqlite' },
    },
    knowledge_base:: of_fold + '.sqlite',
    concept_vectors:: of_fold + '.distmult.safetensors',
    definition_vectors:: whole + '.description.safetensors',
    candidate_types:: { Disease: ['Disease'], Phenotype: ['Phenotypic abnormality'] },
  }),
}

// "Disease-Phenotype Relations", with the paper's settings (supplementary): HPO's annotations of
// the papers that they refer to. Concepts are known by their descriptions and their place in the
// graph, so that those that training never saw are, too. Mentions are those of a disease tagger and
// of a phenotype tagger (gsc_plus_phenotypes.jsonnet), pooled in one file.
local base = import '../../lib/snerl.libsonnet';
local parts = import '../../lib/parts.libsonnet';
local paths = import '../../lib/paths.libsonnet';
// The paper's split was not published: 401, 86 and 86 documents.
local fold = parts.fold(paths.data + '/hpo/abstracts.PubTator.txt.gz', 0, 7, 1 / 6);

base {
  corpus:: {
    type: 'hpo',
    format: 'pubtator',
    facts: paths.data + '/hpo/phenotype.hpoa.gz',
    filter: 'full',
    candidate_generator: {
      type: 'tfidf',
      kb: { path: $.knowledge_base },
      k: 250,
      semantic_types: $.candidate_types,
    },
    knowledge_base: { path: $.knowledge_base },
  },
  knowledge_base:: paths.knowledge_bases + '/open.sqlite',
  concept_vectors:: paths.knowledge_bases + '/open.distmult.safetensors',
  definition_vectors:: paths.knowledge_bases + '/open.description.safetensors',
  candidate_types:: { Disease: ['Disease'], Phenotype: ['Phenotypic abnormality'] },
  train_data_path: fold.train,
  validation_data_path: fold.validation,
  test_data_path: fold.test,
  evaluate_on_test: true,
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

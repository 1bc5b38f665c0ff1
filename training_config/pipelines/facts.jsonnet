// From texts without annotations to facts between concepts: the names of a knowledge base are the mentions, and
// SNERL decides what they mean and what the document says about them. In place of the dictionary, the first step
// can be the archive of a model that finds mentions of the same types.
//
//     bio-ie annotate training_config/pipelines/facts.jsonnet abstracts.jsonl --output runs/annotated
//     bio-ie facts runs/annotated --output facts.tsv --kb knowledge_bases/mesh_ctd.sqlite
local settings = import '../lib/shared/settings.libsonnet';

settings.closed('the pipeline', {
  archive:: 'runs/snerl/model.tar.gz',
  kb:: 'knowledge_bases/mesh_ctd.sqlite',
  // Those of the model's corpus, each with its semantic types in the knowledge base.
  types:: { Chemical: ['Chemical'], Disease: ['Disease'] },

  steps: [
    { type: 'dictionary', kb: $.kb, types: $.types },
    { type: 'archive', name: 'snerl', archive: $.archive },
  ],
}, ['keep_annotations'])

// The corpora of KECI, each with the knowledge base that goes with it, to be added to base.libsonnet:
// `base + corpora.biorelex`.
local parts = import '../shared/parts.libsonnet';
local paths = import '../shared/paths.libsonnet';
local settings = import '../shared/settings.libsonnet';

{
  // A knowledge base made from training_config/knowledge/, and the vectors of its concepts.
  local knowledge(name) = {
    local file = paths.knowledge_bases + '/' + name,
    knowledge_base:: file + '.sqlite',
    concept_vectors:: file + '.distmult.safetensors',
    definition_vectors:: file + '.description.safetensors',
  },

  // 200 sentences of the training file are held out, 1,205 remain to train on.
  biorelex:: settings.layer(knowledge('molecules') {
    local held_out = parts.held_out(paths.data + '/biorelex/1.0alpha7.train.json', 200),
    corpus:: { type: 'biorelex' },
    train_data_path: held_out.train,
    test_data_path: held_out.validation,
    evaluate_on_test: true,
  }),

  // All relations, including those of overlapping mentions, one fold of ten: 80 % to train on, 10 % to
  // validate, 10 % to test. As in the published folds, sentences of one abstract may be in different parts;
  // add { group_by_metadata: 'pmid' } to keep them together.
  ade:: settings.layer(knowledge('open') + parts.folded(paths.data + '/ade/DRUG-AE.rel', 10, 1 / 9) {
    corpus:: { type: 'ade', group_by: 'sentence', overlapping: true },
  }),
}

// BC5CDR, chemicals and diseases, sentence by sentence: train -> dev, without relations.
local base = import '../lib/joint_ner_re/base.libsonnet';
local corpora = import '../lib/joint_ner_re/corpora.libsonnet';
local recipe = import '../lib/joint_ner_re/recipe.libsonnet';

base + corpora.bc5cdr + recipe {
  num_epochs:: 10,
  model+: { training_candidates: 'predicted' },
}

// ADE without the relations whose arguments overlap, one fold of ten. To run all folds:
// `bio-ie repeat CONFIG --folds 0-9`.
local base = import '../lib/joint_ner_re/base.libsonnet';
local corpora = import '../lib/joint_ner_re/corpora.libsonnet';
local recipe = import '../lib/joint_ner_re/recipe.libsonnet';

base + corpora.ade + recipe { num_epochs:: 10 }

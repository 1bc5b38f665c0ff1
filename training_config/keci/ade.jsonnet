// ADE with all its relations, including those of overlapping mentions, one fold of ten. To run all folds:
// `bio-ie repeat CONFIG --folds 0-9`.
local base = import '../lib/keci/base.libsonnet';
local corpora = import '../lib/keci/corpora.libsonnet';
local recipe = import '../lib/keci/recipe.libsonnet';

base + corpora.ade + recipe.ade

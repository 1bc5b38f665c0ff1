// ADE with all its relations, overlapping mentions too, one fold of ten. All of them:
// `bio-ie repeat CONFIG --folds 0-9`.
local base = import '../lib/keci/base.libsonnet';
local corpora = import '../lib/keci/corpora.libsonnet';
local recipe = import '../lib/keci/recipe.libsonnet';

base + corpora.ade + recipe.ade

// BioRelEx with open vocabularies as background knowledge: 200 sentences of the training file are held out,
// 1,205 remain to train on.
local base = import '../lib/keci/base.libsonnet';
local corpora = import '../lib/keci/corpora.libsonnet';
local recipe = import '../lib/keci/recipe.libsonnet';

base + corpora.biorelex + recipe.biorelex

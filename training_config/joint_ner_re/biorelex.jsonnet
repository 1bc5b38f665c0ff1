// BioRelEx: 200 sentences of the training file are held out, 1,205 remain to train on. Nested mentions, which
// tags cannot represent, count as missed.
local base = import '../lib/joint_ner_re/base.libsonnet';
local corpora = import '../lib/joint_ner_re/corpora.libsonnet';
local recipe = import '../lib/joint_ner_re/recipe.libsonnet';

base + corpora.biorelex + recipe

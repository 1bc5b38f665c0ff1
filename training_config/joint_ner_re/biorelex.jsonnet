// BioRelEx: 200 sentences of the training file held out, 1,205 to train on. Nested mentions, which
// tags cannot hold, count as missed.
local base = import '../lib/joint_ner_re/base.libsonnet';
local corpora = import '../lib/joint_ner_re/corpora.libsonnet';
local recipe = import '../lib/joint_ner_re/recipe.libsonnet';

base + corpora.biorelex + recipe

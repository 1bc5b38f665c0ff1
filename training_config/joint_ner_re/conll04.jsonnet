// CoNLL04, the published split in SpERT's files: train -> dev.
local base = import '../lib/joint_ner_re/base.libsonnet';
local corpora = import '../lib/joint_ner_re/corpora.libsonnet';
local recipe = import '../lib/joint_ner_re/recipe.libsonnet';

base + corpora.conll04 + recipe

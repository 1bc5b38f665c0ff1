// GAD, one fold of ten (lib/mention_corpora.libsonnet says how to choose), from a trained representation.
local base = import '../lib/mention_relations.libsonnet';
local corpora = import '../lib/mention_corpora.libsonnet';
local paths = import '../lib/paths.libsonnet';

base + corpora.gad { archive:: paths.runs + '/relvm_small/model.tar.gz' }

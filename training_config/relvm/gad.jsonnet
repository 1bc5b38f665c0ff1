// GAD, one fold of ten (lib/relvm/mention_corpora.libsonnet says how to choose it), from a trained
// representation.
local base = import '../lib/relvm/mention_relations.libsonnet';
local corpora = import '../lib/relvm/mention_corpora.libsonnet';
local paths = import '../lib/shared/paths.libsonnet';

base + corpora.gad { archive:: paths.runs + '/relvm_small/model.tar.gz' }

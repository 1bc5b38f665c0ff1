// GAD, one fold of ten, without unsupervised training: what it adds is the difference to gad.jsonnet. A
// learning rate for new weights, not for fine-tuning.
local base = import '../lib/mention_relations.libsonnet';
local corpora = import '../lib/mention_corpora.libsonnet';

base + corpora.gad { hidden_dim:: 256, lr:: 1e-3 }

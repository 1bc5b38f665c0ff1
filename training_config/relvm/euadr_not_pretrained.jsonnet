// EU-ADR, one fold of ten, without unsupervised training: what it adds is the difference to euadr.jsonnet. A
// learning rate for new weights, not for fine-tuning.
local base = import '../lib/mention_relations.libsonnet';
local corpora = import '../lib/mention_corpora.libsonnet';

base + corpora.euadr { hidden_dim:: 256, lr:: 1e-3 }

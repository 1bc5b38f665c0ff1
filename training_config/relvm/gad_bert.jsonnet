// GAD, one fold of ten, by the pretrained transformer that comes with the installation.
local base = import '../lib/relvm/sentence_classifier.libsonnet';
local corpora = import '../lib/relvm/mention_corpora.libsonnet';

base + corpora.gad

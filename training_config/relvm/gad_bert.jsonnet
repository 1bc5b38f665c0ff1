// GAD, one fold of ten, by the pretrained transformer that comes with the installation.
local base = import '../lib/sentence_classifier.libsonnet';
local corpora = import '../lib/mention_corpora.libsonnet';

base + corpora.gad

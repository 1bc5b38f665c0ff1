// gsc_plus_phenotypes.jsonnet with the embedded encoder in place of random word vectors.
local encoders = import '../lib/shared/encoders.libsonnet';
(import 'gsc_plus_phenotypes.jsonnet') { encoder:: encoders.minilm, encoder_lr:: 2e-4 }

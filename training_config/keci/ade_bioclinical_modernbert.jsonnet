// ADE, abstract by abstract: what the corpus has of an abstract is one instance and one window of an encoder of
// 8,192 wordpieces, and relations may join sentences.
local encoders = import '../lib/shared/encoders.libsonnet';
(import 'ade.jsonnet') {
  encoder:: encoders.bioclinical_modernbert,
  encoder_lr:: 5e-5,
  corpus+:: { group_by: 'document' },
  batch_size:: 4,
  dataset_reader+: { unit: 'document', max_words: 4000 },
}

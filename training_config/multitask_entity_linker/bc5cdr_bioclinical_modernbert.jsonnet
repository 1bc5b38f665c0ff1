// BC5CDR, train -> dev, per token, three tasks side by side, with an encoder of 8,192 wordpieces: each abstract is
// one instance and one window, however long it is.
local encoders = import '../lib/shared/encoders.libsonnet';
(import 'bc5cdr_pt_multi.jsonnet') {
  encoder:: encoders.bioclinical_modernbert,
  encoder_lr:: 5e-5,
  max_wordpieces:: 8192,
  joined_wordpieces:: 8190,  // two more are special
  dataset_reader+: { max_words: 4000 },
}

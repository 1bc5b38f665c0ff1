// BC5CDR with an encoder of 8,192 wordpieces, so that each abstract is one window.
local encoders = import '../lib/shared/encoders.libsonnet';
(import 'bc5cdr.jsonnet') {
  encoder:: encoders.bioclinical_modernbert,
  encoder_lr:: 5e-5,
}

// A conditional random field over tags.
(import '../conll04.jsonnet') { model+: { tag_decoder: { type: 'crf' } } }

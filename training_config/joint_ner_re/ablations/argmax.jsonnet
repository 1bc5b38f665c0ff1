// The best tag of each word by itself, as in the paper.
(import '../conll04.jsonnet') { model+: { tag_decoder: { type: 'argmax' } } }

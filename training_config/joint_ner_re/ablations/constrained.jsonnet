// The best well-formed tag sequence in place of the best tag of each word.
(import '../conll04.jsonnet') { model+: { tag_decoder: { type: 'constrained' } } }

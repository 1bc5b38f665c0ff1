// No recurrent layer over the transformer's vectors, as in the paper.
(import '../conll04.jsonnet') { model+: { encoder: null } }

// Table 2 (e): no bilinear term in eq. 7.
(import '../conll04.jsonnet') { model+: { pair_scorer: { type: 'linear' } } }

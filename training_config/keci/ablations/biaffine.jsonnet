// A biaffine scorer of pairs, as in paper 2.
(import '../biorelex.jsonnet') { model+: { pair_scorer: { type: 'biaffine' } } }

// A biaffine scorer of pairs, as in the joint NER and RE paper.
(import '../biorelex.jsonnet') { model+: { pair_scorer: { type: 'biaffine' } } }

// A biaffine pair scorer, as in the joint NER and RE paper.
(import '../biorelex.jsonnet') { model+: { pair_scorer: { type: 'biaffine' } } }

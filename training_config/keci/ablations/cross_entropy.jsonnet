// Cross-entropy of relation types, in place of binary cross-entropy.
(import '../biorelex.jsonnet') { model+: { relation_loss: 'cross_entropy' } }

// The paper's loss of relation types, instead of the recipe's cross-entropy.
(import '../biorelex.jsonnet') { relation_loss:: 'binary_cross_entropy' }

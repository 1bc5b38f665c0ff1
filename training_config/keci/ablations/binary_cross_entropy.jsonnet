// The paper's loss of relation types, where the recipe has cross-entropy.
(import '../biorelex.jsonnet') { relation_loss:: 'binary_cross_entropy' }

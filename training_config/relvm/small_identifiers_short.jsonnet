// SMALL in 6,000 steps, for a CPU (lib/relvm/recipe.libsonnet), for relations of entities by their
// identifiers.
(import '../lib/relvm/base.libsonnet') + (import '../lib/relvm/recipe.libsonnet') {
  hidden_dim:: 256,
  entities:: 'identifiers',
}

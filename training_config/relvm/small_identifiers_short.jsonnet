// SMALL in an hour or two of one processor core (lib/relvm_recipe.libsonnet), for relations of
// entities by their identifiers.
(import '../lib/relvm.libsonnet') + (import '../lib/relvm_recipe.libsonnet') {
  hidden_dim:: 256,
  entities:: 'identifiers',
}

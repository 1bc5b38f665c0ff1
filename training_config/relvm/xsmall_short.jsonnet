// X-SMALL in 6,000 steps, for a CPU (lib/relvm/recipe.libsonnet), for relations of mentions.
(import '../lib/relvm/base.libsonnet') + (import '../lib/relvm/recipe.libsonnet') { hidden_dim:: 128 }

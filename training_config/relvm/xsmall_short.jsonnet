// X-SMALL in 6,000 steps, for a processor (lib/relvm_recipe.libsonnet), for relations of mentions.
(import '../lib/relvm.libsonnet') + (import '../lib/relvm_recipe.libsonnet') { hidden_dim:: 128 }

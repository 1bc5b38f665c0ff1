// X-SMALL in an hour or two of one processor core (lib/relvm_recipe.libsonnet), for relations of mentions.
(import '../lib/relvm.libsonnet') + (import '../lib/relvm_recipe.libsonnet') { hidden_dim:: 128 }

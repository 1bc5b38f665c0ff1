// EU-ADR, one fold of ten, from a representation of small_short.jsonnet. In only 200 steps, a larger learning
// rate unlearns which label is the common one.
(import 'euadr.jsonnet') + (import '../lib/relvm/mention_recipe.libsonnet') { lr:: 1e-4 }

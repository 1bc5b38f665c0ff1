// EU-ADR, one fold of ten, from a representation of small_short.jsonnet.
(import 'euadr.jsonnet') + (import '../lib/mention_recipe.libsonnet')

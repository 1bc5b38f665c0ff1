// GAD, one fold of ten, from a representation of small_short.jsonnet.
(import 'gad.jsonnet') + (import '../lib/mention_recipe.libsonnet')

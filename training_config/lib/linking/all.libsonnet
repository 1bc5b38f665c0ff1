// What experiments with multi-task entity linking are put together from:
// `linking.base + linking.corpora.bc5cdr + linking.architectures.pt_single + linking.recipe`.
local encoders = import '../shared/encoders.libsonnet';

{
  base: import 'base.libsonnet',
  corpora: import 'corpora.libsonnet',
  architectures: import 'architectures.libsonnet',
  // How the linkers are trained: with the embedded encoder, or as in the paper, whose other settings the
  // base has.
  recipe: import 'recipe.libsonnet',
  paper: { encoder:: encoders.scibert },
  paths: import '../shared/paths.libsonnet',
}

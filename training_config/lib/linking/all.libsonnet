// The parts of experiments with multi-task entity linking:
// `linking.base + linking.corpora.bc5cdr + linking.architectures.pt_single + linking.recipe`.
local encoders = import '../shared/encoders.libsonnet';
local settings = import '../shared/settings.libsonnet';

{
  base: import 'base.libsonnet',
  corpora: import 'corpora.libsonnet',
  architectures: import 'architectures.libsonnet',
  // Settings for training: `recipe` for the embedded encoder, or `paper`, whose other settings are already in
  // the base.
  recipe: import 'recipe.libsonnet',
  paper: settings.layer({ encoder:: encoders.scibert }),
  paths: import '../shared/paths.libsonnet',
}

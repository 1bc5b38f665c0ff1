// The parts of experiments with multi-task entity linking:
// `linking.base + linking.corpora.bc5cdr + linking.architectures.pt_single + linking.recipe`.
local encoders = import '../shared/encoders.libsonnet';
local settings = import '../shared/settings.libsonnet';

{
  base: import 'base.libsonnet',
  corpora: import 'corpora.libsonnet',
  architectures: import 'architectures.libsonnet',
  // Settings for training: `recipe` for the embedded encoder, or `paper`, whose other settings are already in
  // the base, and `paper_hierarchical`, which adds the training regime of Sanh et al. 2019 (section 3.1): each
  // step trains one task, drawn in proportion to the sizes of the tasks.
  recipe: import 'recipe.libsonnet',
  paper: settings.layer({ encoder:: encoders.scibert }),
  paper_hierarchical: self.paper + settings.layer({ task_sampling:: 'proportional' }),
  paths: import '../shared/paths.libsonnet',
}

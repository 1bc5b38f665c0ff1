// BioRelEx: 200 sentences of the training file held out, 1,205 to train on. Nested mentions, which
// tags cannot hold, count as missed.
local base = import '../lib/joint_ner_re.libsonnet';
local parts = import '../lib/parts.libsonnet';
local paths = import '../lib/paths.libsonnet';
local held_out = parts.held_out(paths.data + '/biorelex/1.0alpha7.train.json', 200);

base {
  corpus:: { type: 'biorelex' },
  train_path:: held_out.train,
  validation_path:: held_out.validation,
}

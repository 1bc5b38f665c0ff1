// BioRelEx without knowledge (Table 1, SentContextOnly): 200 sentences of the training file held
// out, 1,205 to train on.
local base = import '../lib/keci.libsonnet';
local parts = import '../lib/parts.libsonnet';
local paths = import '../lib/paths.libsonnet';
local held_out = parts.held_out(paths.data + '/biorelex/1.0alpha7.train.json', 200);

base {
  corpus:: { type: 'biorelex' },
  train_data_path: held_out.train,
  test_data_path: held_out.validation,
  evaluate_on_test: true,
}

// For choosing the settings of conll04.jsonnet: a fifth of the training file is held out.
local parts = import '../lib/shared/parts.libsonnet';
local paths = import '../lib/shared/paths.libsonnet';
local held_out = parts.held_out(paths.data + '/conll04/conll04_train.json', 0.2);

(import 'conll04.jsonnet') {
  train_data_path: held_out.train,
  validation_data_path: held_out.validation,
  test_data_path:: null,
  evaluate_on_test: false,
}

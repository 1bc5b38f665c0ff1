// CoNLL04, the published split in SpERT's files: train -> dev.
local base = import '../lib/joint_ner_re.libsonnet';
local paths = import '../lib/paths.libsonnet';

base {
  corpus:: { type: 'spert' },
  train_path:: paths.data + '/conll04/conll04_train.json',
  validation_path:: paths.data + '/conll04/conll04_dev.json',
}

// The joint model on the demo corpus (fixtures/demo: drugs and their adverse effects), with the encoder that
// comes with the installation. It takes minutes on two cores; `make demo` runs it.
local base = import 'lib/joint_ner_re/base.libsonnet';
local paths = import 'lib/shared/paths.libsonnet';

base {
  corpus:: { type: 'jsonl' },
  train_data_path: paths.fixtures + '/demo/train.jsonl',
  validation_data_path: paths.fixtures + '/demo/validation.jsonl',
  num_epochs:: 15,
  encoder_lr:: 2e-4,
  head_lr:: 1e-3,
  model+: { training_candidates: 'predicted_and_gold' },
}

// ACE05 (licensed) as prepared by the LSTM-ER scripts, their train / dev / test parts.
local base = import '../../lib/joint_ner_re.libsonnet';
local encoders = import '../../lib/encoders.libsonnet';
local paths = import '../../lib/paths.libsonnet';
local folder = paths.data + '/ace05';

base {
  corpus:: { type: 'lstm_er' },
  train_data_path: folder + '/train',
  validation_data_path: folder + '/dev',
  test_data_path: folder + '/test',
  evaluate_on_test: true,
  encoder:: encoders.bert_base_cased,
  num_epochs:: 15,
  batch_size:: 32,
  encoder_lr:: 3e-5,
}

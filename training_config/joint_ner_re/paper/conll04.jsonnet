// CoNLL04 as in the paper: settings of Table A.3, the split of SpERT's files. Once the settings are chosen,
// train on both files: train_data_path: { corpora: [TRAIN, DEV] }.
local base = import '../../lib/joint_ner_re/base.libsonnet';
local corpora = import '../../lib/joint_ner_re/corpora.libsonnet';
local encoders = import '../../lib/shared/encoders.libsonnet';

base + corpora.conll04 {
  encoder:: encoders.bert_base_cased,
  num_epochs:: 10,
  batch_size:: 16,
  encoder_lr:: 3e-5,
}

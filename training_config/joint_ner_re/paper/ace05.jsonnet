// ACE05 (licensed) as in the paper: settings of Table A.3, the train / dev / test parts of LSTM-ER.
local base = import '../../lib/joint_ner_re/base.libsonnet';
local corpora = import '../../lib/joint_ner_re/corpora.libsonnet';
local encoders = import '../../lib/shared/encoders.libsonnet';

base + corpora.ace05 {
  encoder:: encoders.bert_base_cased,
  num_epochs:: 15,
  batch_size:: 32,
  encoder_lr:: 3e-5,
}

// ACE04 (licensed) as in the paper: settings of Table A.3, one of five folds. To run all folds:
// `bio-ie repeat CONFIG --folds 0-4`.
local base = import '../../lib/joint_ner_re/base.libsonnet';
local corpora = import '../../lib/joint_ner_re/corpora.libsonnet';
local encoders = import '../../lib/shared/encoders.libsonnet';

base + corpora.ace04 {
  encoder:: encoders.bert_base_cased,
  num_epochs:: 15,
  batch_size:: 16,
  encoder_lr:: 2e-5,
}

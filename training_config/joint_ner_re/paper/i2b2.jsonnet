// i2b2/VA 2010 (licensed) as in the paper: settings of Table A.3, one of five folds. To run all folds:
// `bio-ie repeat CONFIG --folds 0-4`.
local base = import '../../lib/joint_ner_re/base.libsonnet';
local corpora = import '../../lib/joint_ner_re/corpora.libsonnet';
local encoders = import '../../lib/shared/encoders.libsonnet';

base + corpora.i2b2 {
  encoder:: encoders.bluebert,
  num_epochs:: 12,
  batch_size:: 16,
  encoder_lr:: 2e-5,
}

// ADE as in the paper: settings of Table A.3, one of ten folds. The paper's score is the mean macro F1 of all
// ten folds.
local base = import '../../lib/joint_ner_re/base.libsonnet';
local corpora = import '../../lib/joint_ner_re/corpora.libsonnet';
local encoders = import '../../lib/shared/encoders.libsonnet';

base + corpora.ade {
  encoder:: encoders.biobert,
  num_epochs:: 7,
  batch_size:: 16,
  encoder_lr:: 2e-5,
}

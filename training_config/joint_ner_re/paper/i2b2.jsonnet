// i2b2/VA 2010 (licensed): both official parts pooled, one of five folds, 70 % to train on, 10 %
// to validate, 20 % to test (section 3.1.4). All: see ../ade.jsonnet.
local base = import '../../lib/joint_ner_re.libsonnet';
local encoders = import '../../lib/encoders.libsonnet';
local parts = import '../../lib/parts.libsonnet';
local paths = import '../../lib/paths.libsonnet';
local folder = paths.data + '/i2b2';

base + parts.folded(folder, 5, 1 / 8, { corpora: ['train', 'test'] }) + {
  corpus:: { type: 'i2b2' },
  encoder:: encoders.bluebert,
  num_epochs:: 12,
  batch_size:: 16,
  encoder_lr:: 2e-5,
}

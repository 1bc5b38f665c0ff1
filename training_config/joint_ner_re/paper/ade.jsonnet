// ADE as in the paper: settings of Table A.3, one of ten folds; the paper's score is the mean of
// the macro F1 of all ten.
local encoders = import '../../lib/encoders.libsonnet';
(import '../ade.jsonnet') {
  encoder:: encoders.biobert,
  num_epochs:: 7,
  batch_size:: 16,
  encoder_lr:: 2e-5,
  head_lr:: 2e-5,
  characters:: false,
  model+: { training_candidates: 'predicted', tag_decoder: { type: 'argmax' }, encoder: null },
}

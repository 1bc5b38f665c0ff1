// CoNLL04 as in the paper: settings of Table A.3, the split that SpERT's files have. Once they are
// chosen, train on both files: train_data_path: { corpora: [TRAIN, DEV] }.
local encoders = import '../../lib/encoders.libsonnet';
(import '../conll04.jsonnet') {
  encoder:: encoders.bert_base_cased,
  num_epochs:: 10,
  batch_size:: 16,
  encoder_lr:: 3e-5,
  head_lr:: 3e-5,
  characters:: false,
  model+: { training_candidates: 'predicted', tag_decoder: { type: 'argmax' }, encoder: null },
}

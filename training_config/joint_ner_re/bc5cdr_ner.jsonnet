// BC5CDR, chemicals and diseases, sentence by sentence: train -> dev. Its relations are between
// concepts of a document, so there are none to learn here.
local base = import '../lib/joint_ner_re.libsonnet';
local paths = import '../lib/paths.libsonnet';

base {
  corpus:: { type: 'pubtator' },
  train_data_path: paths.data + '/bc5cdr/CDR_TrainingSet.PubTator.txt.gz',
  test_data_path: paths.data + '/bc5cdr/CDR_DevelopmentSet.PubTator.txt.gz',
  evaluate_on_test: true,
  // The recipe of conll04.jsonnet.
  encoder_lr:: 2e-4,
  head_lr:: 1e-3,
  characters:: true,
  model+: {
    tag_decoder: { type: 'constrained' },
    encoder: { type: 'packed_lstm', input_size: $.word_dim, hidden_size: 256, bidirectional: true },
  },
  num_epochs:: 10,
}

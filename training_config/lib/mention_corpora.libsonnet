// GAD and EU-ADR in the ten folds that were prepared for BioBERT, to be added to
// mention_relations.libsonnet or to sentence_classifier.libsonnet: `base + corpora.gad`. A fold has no
// part to choose an epoch by: the number of steps is fixed. Another fold:
//   -o '{"train_data_path": "data/gad_euadr/GAD/3/train.tsv", "test_data_path": "data/gad_euadr/GAD/3/test.tsv"}'
local paths = import 'paths.libsonnet';
{
  local corpus(name) = {
    fold:: 1,
    local folder = '%s/gad_euadr/%s/%d' % [paths.data, name, self.fold],
    corpus:: { type: 'blinded_tsv' },
    train_data_path: folder + '/train.tsv',
    test_data_path: folder + '/test.tsv',
    evaluate_on_test: true,
  },
  gad:: corpus('GAD') { num_iterations:: 3000 },  // section 4.2
  euadr:: corpus('euadr') { num_iterations:: 200 },  // section 4.2
}

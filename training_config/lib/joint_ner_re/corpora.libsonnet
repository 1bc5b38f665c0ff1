// The corpora of the joint model, to be added to base.libsonnet: `base + corpora.conll04`.
local parts = import '../shared/parts.libsonnet';
local paths = import '../shared/paths.libsonnet';
local settings = import '../shared/settings.libsonnet';

{
  // The published split in SpERT's files: train -> dev.
  conll04:: settings.layer({
    corpus:: { type: 'spert' },
    train_data_path: paths.data + '/conll04/conll04_train.json',
    test_data_path: paths.data + '/conll04/conll04_dev.json',
    evaluate_on_test: true,
  }),

  // Without the relations whose arguments overlap (section 3.1.3), one fold of ten: 80 % to train on,
  // 10 % to validate, 10 % to test. As in the published folds, sentences of one abstract may be in different
  // parts; add { group_by_metadata: 'pmid' } to keep them together.
  ade:: settings.layer(parts.folded(paths.data + '/ade/DRUG-AE.rel', 10, 1 / 9) {
    corpus:: { type: 'ade', group_by: 'sentence', overlapping: false },
  }),

  // 200 sentences of the training file are held out, 1,205 remain to train on. Nested mentions, which tags
  // cannot represent, count as missed.
  biorelex:: settings.layer({
    local held_out = parts.held_out(paths.data + '/biorelex/1.0alpha7.train.json', 200),
    corpus:: { type: 'biorelex' },
    train_data_path: held_out.train,
    test_data_path: held_out.validation,
    evaluate_on_test: true,
  }),

  // Chemicals and diseases, sentence by sentence: train -> dev. The corpus relates concepts of documents,
  // not mentions, so there are no relations to learn here.
  bc5cdr:: settings.layer({
    corpus:: { type: 'pubtator' },
    train_data_path: paths.data + '/bc5cdr/CDR_TrainingSet.PubTator.txt.gz',
    test_data_path: paths.data + '/bc5cdr/CDR_DevelopmentSet.PubTator.txt.gz',
    evaluate_on_test: true,
  }),

  // ACE04 (licensed) as prepared by the LSTM-ER scripts: bnews and nwire, without Discourse relations,
  // one of five folds, with a tenth held out to validate (section 3.1.1).
  ace04:: settings.layer(parts.folded(paths.data + '/ace04', 5, 0.1, { corpora: ['bnews', 'nwire'] }) {
    corpus:: { type: 'filtered', format: 'lstm_er', relation_types: { DISC: null } },
  }),

  // ACE05 (licensed) as prepared by the LSTM-ER scripts, with their train / dev / test parts.
  ace05:: settings.layer({
    local folder = paths.data + '/ace05',
    corpus:: { type: 'lstm_er' },
    train_data_path: folder + '/train',
    validation_data_path: folder + '/dev',
    test_data_path: folder + '/test',
    evaluate_on_test: true,
  }),

  // i2b2/VA 2010 (licensed): both official parts are pooled; one of five folds, 70 % to train on, 10 % to
  // validate, 20 % to test (section 3.1.4).
  i2b2:: settings.layer(parts.folded(paths.data + '/i2b2', 5, 1 / 8, { corpora: ['train', 'test'] }) {
    corpus:: { type: 'i2b2' },
  }),
}

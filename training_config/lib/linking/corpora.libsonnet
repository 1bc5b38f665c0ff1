// The corpora of multi-task entity linking, to be added to base.libsonnet:
// `base + corpora.bc5cdr`.
local parts = import '../shared/parts.libsonnet';
local paths = import '../shared/paths.libsonnet';
local settings = import '../shared/settings.libsonnet';
{
  // Train -> dev, with a fifth of the training file held out to choose the epoch.
  bc5cdr:: settings.layer({
    local held_out = parts.held_out(paths.data + '/bc5cdr/CDR_TrainingSet.PubTator.txt.gz', 100),
    corpus:: { type: 'pubtator' },
    type_scheme:: 'bilou',  // section 2.1
    train_data_path: held_out.train,
    validation_data_path: held_out.validation,
    test_data_path: paths.data + '/bc5cdr/CDR_DevelopmentSet.PubTator.txt.gz',
    evaluate_on_test: true,
  }),

  // The official split. The test file is not part of every copy of the corpus: without it, training stops at its
  // start with an error that names the file, and `test_file:: null` trains without scoring it.
  bc5cdr_official:: settings.layer({
    local folder = paths.data + '/bc5cdr/',
    corpus:: { type: 'pubtator' },
    type_scheme:: 'bilou',  // section 2.1
    test_file:: folder + 'CDR_TestSet.PubTator.txt.gz',
    train_data_path: folder + 'CDR_TrainingSet.PubTator.txt.gz',
    validation_data_path: folder + 'CDR_DevelopmentSet.PubTator.txt.gz',
    test_data_path: self.test_file,
    evaluate_on_test: self.test_file != null,
  }, ['test_file']),

  // MedMentions as published, with its own split: 'full' or 'st21pv', each with its files in a folder.
  medmentions(name):: settings.layer({
    local this = self,
    // Of a mention with several semantic types, which 'full' has: the first one, so that there are 126 types as
    // in table 1. The paper does not say how it comes to them. 'rarest': the one with the fewest mentions;
    // 'joined': all of them as one type.
    types:: 'first',
    local corpus = { type: 'pubtator', types: this.types },
    local folder = paths.data + '/medmentions',
    local part(split) = {
      file: '%s/%s/corpus_pubtator.txt.gz' % [folder, name],
      format: {
        type: 'filtered',
        format: corpus,
        documents: '%s/corpus_pubtator_pmids_%s.txt' % [folder, split],
      },
    },
    corpus:: corpus,
    nil_weight:: if name == 'st21pv' then 0.01 else 0.125,  // section 3.1
    train_data_path: part('trng'),
    validation_data_path: part('dev'),
    test_data_path: part('test'),
    evaluate_on_test: true,
  }, ['types']),

  // Sentences derived from the training part of st21pv, with concepts but without semantic types. Nine tenths
  // of the documents are to train on, a twentieth each to choose the epoch and to test.
  medmentions_sentences:: settings.layer({
    local fold = parts.fold(
      paths.data + '/medmentions/st21pv_train.sentences.jsonl.gz', 0, 20, 132
    ),
    corpus:: { type: 'sentence_jsonl' },
    train_data_path: fold.train,
    validation_data_path: fold.validation,
    test_data_path: fold.test,
    evaluate_on_test: true,
  }),
}

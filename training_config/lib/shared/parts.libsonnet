// Data paths of the parts of one corpus file: folds, and held-out parts (docs/data.md).
{
  // The parts of one fold: `train`, `validation` and `test`. `settings` are further settings of `k_fold`.
  fold(file, fold, num_folds, validation_share, settings={}):: {
    [split]: settings {
      file: file,
      split: split,
      fold: fold,
      num_folds: num_folds,
      validation_share: validation_share,
    }
    for split in ['train', 'validation', 'test']
  },
  // A config on one fold: `base + parts.folded(...)`. `fold:: 3` chooses another fold;
  // `bio-ie repeat CONFIG --folds 0-9` runs all of them.
  folded(file, num_folds, validation_share, settings={}):: {
    local fold_parts = $.fold(file, self.fold, num_folds, validation_share, settings),
    fold:: 0,
    train_data_path: fold_parts.train,
    validation_data_path: fold_parts.validation,
    test_data_path: fold_parts.test,
    evaluate_on_test: true,
  },
  // A validation part held out of a training file: a share below 1, or a number of documents.
  held_out(file, validation_share, settings={}):: {
    [split]: settings { file: file, split: split, validation_share: validation_share }
    for split in ['train', 'validation']
  },
}

// Data paths of the parts of one corpus file (docs/data.md, k_fold).
{
  // The parts of one fold: `train`, `validation` and `test`. `settings` are any others of `k_fold`.
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
  // A validation part taken out of a training file: a share below 1, or a number of documents.
  held_out(file, validation_share, settings={}):: {
    [split]: settings { file: file, split: split, validation_share: validation_share }
    for split in ['train', 'validation']
  },
}

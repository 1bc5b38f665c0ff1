{
  // Data paths of the parts of one corpus file (docs/data.md, k_fold) ------------------------

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
  // A config on one fold: `base + parts.folded(...)`. Another one is `fold:: 3`; all of them,
  // `bio-ie repeat CONFIG --folds 0-9`.
  folded(file, num_folds, validation_share, settings={}):: {
    local its_parts = $.fold(file, self.fold, num_folds, validation_share, settings),
    fold:: 0,
    train_data_path: its_parts.train,
    validation_data_path: its_parts.validation,
    test_data_path: its_parts.test,
    evaluate_on_test: true,
  },
  // A validation part taken out of a training file: a share below 1, or a number of documents.
  held_out(file, validation_share, settings={}):: {
    [split]: settings { file: file, split: split, validation_share: validation_share }
    for split in ['train', 'validation']
  },

  // Words by their characters, a convolution over them; beside an encoder's own parts --------
  characters:: {
    local characters = self,
    filters:: 64,
    ngram_sizes:: [2, 3, 4],
    dim: characters.filters * std.length(characters.ngram_sizes),
    token_indexers: { characters: { type: 'characters', min_padding_length: 5 } },
    text_field_embedder: {
      token_embedders+: {
        characters: {
          type: 'character_encoding',
          embedding: { embedding_dim: 32, vocab_namespace: 'token_characters' },
          encoder: {
            type: 'cnn',
            embedding_dim: 32,
            num_filters: characters.filters,
            ngram_filter_sizes: characters.ngram_sizes,
          },
          dropout: 0.1,
        },
      },
    },
  },
}

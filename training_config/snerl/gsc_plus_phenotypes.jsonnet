// Phenotypes in GSC+, sentence by sentence: the tagger that finds SNERL's phenotype mentions
// (docs/models/phenotype_ner.md). One fold of ten: 182 abstracts to train on, 23 to validate, 23 to
// test; the paper has 173, 23 and 23.
local base = import '../lib/joint_ner_re/base.libsonnet';
local encoders = import '../lib/shared/encoders.libsonnet';
local parts = import '../lib/shared/parts.libsonnet';
local paths = import '../lib/shared/paths.libsonnet';

base + parts.folded(paths.data + '/hpo/gsc_plus', 10, 23) + {
  corpus:: { type: 'gsc_plus', on_error: 'skip' },  // 13 of its 2,773 annotations are wrong
  // Words that occur only in the other parts are unknown, like the unseen words of a text to predict from. If
  // they were in the vocabulary, they would have random vectors that nothing has trained.
  datasets_for_vocab_creation: ['train'],
  encoder:: encoders.random_words(128) { embedder+: { word_dropout: 0.1, dropout: 0.3 } },
  characters:: true,
  encoder_lr:: 1e-3,
  head_lr:: 1e-3,
  weight_decay:: 0.01,
  num_epochs:: 20,
  trainer+: { validation_metric: '+entity_f1' },  // there are no relations
  model+: {
    encoder: {
      type: 'iterated_dilated_convolutions',
      input_dim: $.word_dim,
      hidden_dim: 200,
      iterations: 3,
      dropout: 0.3,
    },
    tag_decoder: { type: 'crf' },
    label_embedding_dim: null,  // the embedding of tags is for relations only
  },
}

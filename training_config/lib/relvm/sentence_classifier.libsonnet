// Relations of mentions by a pretrained transformer: the baseline of RELVM, section 4.2. An experiment
// overrides the settings at the top. Nothing below them needs editing, but every part can be overridden with
// `+:`.
local corpora = import 'corpora.libsonnet';
local encoders = import '../shared/encoders.libsonnet';
local settings = import '../shared/settings.libsonnet';
local training = import '../shared/training.libsonnet';

settings.checked(training {
  // Settings -------------------------------------------------------------------------------
  encoder:: encoders.minilm,  // section 4.2: biobert
  corpus:: { type: 'blinded_tsv' },
  // How the words show the two mentions: 'hidden' (<ENT>, as the latent representation sees them), 'typed'
  // (placeholders with their types), 'marked' (as they are, between markers with their types).
  arguments:: 'hidden',
  // Whether the vectors of the two placeholders or markers are classified, and not the mean of all words.
  argument_vectors:: false,
  num_iterations:: error 'Must override num_iterations, e.g. 3000',
  iterations_per_epoch:: 200,
  batch_size:: 8,
  threshold:: null,  // lowest probability of a relation; null: wherever it is likelier than none
  encoder_lr:: 5e-5,  // learning rate of the encoder
  head_lr:: self.encoder_lr,  // learning rate of the classifier
  warmup:: 0.1,  // share of the steps during which the rates rise; then they fall to 0
  weight_decay:: 0.01,
  word_dim:: self.encoder.hidden_size,  // the size of a word's vector, for parts that need it as a setting
  seed:: 13370,
  cuda_device:: null,  // null: the first GPU if there is one

  // Parts ----------------------------------------------------------------------------------
  dataset_reader: corpora.labelled {
    corpus: $.corpus,
    token_indexers: $.encoder.token_indexers,
    [if $.arguments != 'hidden' then 'arguments']: $.arguments,
  },
  validation_dataset_reader: self.dataset_reader,
  train_data_path: error 'Must override train_data_path',
  model: {
    type: 'sentence_classifier',
    text_field_embedder: $.encoder.text_field_embedder,
    // The mean of the words' vectors.
    [if !$.argument_vectors then 'sentence_encoder']: {
      type: 'boe',
      embedding_dim: $.encoder.hidden_size,
      averaged: true,
    },
    threshold: $.threshold,
  },
  data_loader: {
    batch_size: $.batch_size,
    shuffle: true,
    batches_per_epoch: $.iterations_per_epoch,
  },
  validation_data_loader: { batch_size: 64 },
  trainer+: { num_epochs: std.ceil($.num_iterations / $.iterations_per_epoch) },
}, ['num_iterations', 'train_data_path'])

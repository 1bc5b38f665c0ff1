// Relations of mentions (RELVM, section 4.2): a classifier over a latent representation. An experiment
// overrides the settings at the top. Nothing below them needs editing, but every part can be overridden with
// `+:`.
local corpora = import 'corpora.libsonnet';
local relvm = import 'base.libsonnet';
local settings = import '../shared/settings.libsonnet';
local training = import '../shared/training.libsonnet';

settings.checked(training {
  // Settings -------------------------------------------------------------------------------
  archive:: null,  // of a trained `relvm`; null: a new one, without unsupervised training
  hidden_dim:: 128,  // of a new `relvm`
  corpus:: { type: 'blinded_tsv' },
  num_iterations:: error 'Must override num_iterations, e.g. 3000',
  iterations_per_epoch:: 200,
  batch_size:: 8,  // section 4.2
  lr:: 1e-5,  // section 4.2
  num_samples:: 4,  // section 4.2
  evaluation_samples:: 16,
  threshold:: null,  // lowest probability of a relation; null: wherever it is likelier than none
  fine_tune:: true,  // section 4.2
  bf16:: false,  // matrix products in bfloat16, for a GPU
  seed:: 13370,
  cuda_device:: null,  // null: the first GPU if there is one

  // Parts ----------------------------------------------------------------------------------
  dataset_reader: corpora.labelled {
    corpus: $.corpus,
    entities: 'types',  // section 2
  },
  validation_dataset_reader: self.dataset_reader,
  train_data_path: error 'Must override train_data_path',
  datasets_for_vocab_creation: ['train'],
  // Words that unsupervised training has not seen are unknown.
  vocabulary: if $.archive == null then { min_count: { tokens: 2 } } else {
    type: 'extend',
    directory: $.archive,
    min_count: { tokens: 1000000000 },
  },
  model: {
    type: 'relvm_mention_classifier',
    representation: if $.archive == null
    then (relvm { hidden_dim:: $.hidden_dim }).representation
    else { type: 'relvm_from_archive', archive_file: $.archive },
    fine_tune: $.fine_tune,
    num_samples: $.num_samples,
    evaluation_samples: $.evaluation_samples,
    threshold: $.threshold,
    bf16: $.bf16,
  },
  data_loader: {
    batch_size: $.batch_size,
    shuffle: true,
    batches_per_epoch: $.iterations_per_epoch,
  },
  validation_data_loader: { batch_size: 64 },
  trainer+: {
    num_epochs: std.ceil($.num_iterations / $.iterations_per_epoch),
    optimizer: { type: 'fused_adamw', lr: $.lr, weight_decay: 0.0 },  // Adam
    learning_rate_scheduler:: null,
  },
  include_in_archive: ['representation'],
}, ['num_iterations', 'train_data_path'])

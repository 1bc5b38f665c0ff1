// Relations of entities (RELVM, section 4.3): a classifier over a latent representation, and the baseline
// "Attention". An experiment overrides the settings at the top. Nothing below them needs editing, but every
// part can be overridden with `+:`.
local paths = import '../shared/paths.libsonnet';
local settings = import '../shared/settings.libsonnet';
local training = import '../shared/training.libsonnet';

settings.checked(training {
  // Settings -------------------------------------------------------------------------------
  // A trained `relvm` whose entities are identifiers.
  archive:: paths.runs + '/relvm_identifiers/model.tar.gz',
  pairs:: paths.runs + '/pairs/labelled',  // a folder made by `bio-ie build-pairs`
  max_contexts:: 0,  // sentences per pair, for `sentence_attention`
  num_iterations:: 100000,  // section 4.3
  iterations_per_epoch:: 2000,
  related:: 64,  // section 4.3: related pairs per batch
  unrelated:: 448,  // section 4.3: unrelated pairs per batch
  lr:: 1e-4,  // section 4.3
  hidden_dim:: 300,  // section 4.3
  num_samples:: 4,  // section 4.3
  evaluation_samples:: 16,
  both_orders:: true,
  seed:: 13370,
  cuda_device:: null,  // null: the first GPU if there is one

  // Parts ----------------------------------------------------------------------------------
  dataset_reader: { type: 'relation_pairs', max_contexts: $.max_contexts },
  validation_dataset_reader: self.dataset_reader,
  train_data_path: $.pairs + '/train.jsonl',
  validation_data_path: $.pairs + '/validation.jsonl',
  test_data_path: $.pairs + '/test.jsonl',
  evaluate_on_test: true,
  datasets_for_vocab_creation: ['train'],
  vocabulary: {
    type: 'extend',
    directory: $.archive,
    // Entities that unsupervised training has not seen have no representation.
    min_count: { entities: 1000000000 },
  },
  model: {
    type: 'relvm_pair_classifier',
    representation: { type: 'relvm_from_archive', archive_file: $.archive },
    hidden_dim: $.hidden_dim,
    num_samples: $.num_samples,
    evaluation_samples: $.evaluation_samples,
    both_orders: $.both_orders,
  },
  data_loader: {
    batch_sampler: {
      type: 'related_unrelated',
      related: $.related,
      unrelated: $.unrelated,
    },
    batches_per_epoch: $.iterations_per_epoch,
  },
  validation_data_loader: { batch_size: 512 },
  trainer+: {
    num_epochs: std.ceil($.num_iterations / $.iterations_per_epoch),
    optimizer: { type: 'fused_adamw', lr: $.lr, weight_decay: 0.0 },  // Adam
    learning_rate_scheduler:: null,
    // One threshold for all labels, the one with the highest F1 on the validation data.
    callbacks+: [{ type: 'best_thresholds', shared: true }],
  },
  include_in_archive: ['representation'],
}, [])

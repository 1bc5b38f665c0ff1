// Relation representations by a latent-variable model (RELVM): unsupervised training on sentences with pairs
// of entities. An experiment overrides the settings at the top. Nothing below them needs editing, but every
// part can be overridden with `+:`.
local corpora = import 'corpora.libsonnet';
local paths = import '../shared/paths.libsonnet';
local settings = import '../shared/settings.libsonnet';
local training = import '../shared/training.libsonnet';

settings.checked(training {
  // Settings -------------------------------------------------------------------------------
  // Section 4.1.1: 128 (X-SMALL), 256 (SMALL), 512 (MEDIUM) or 1024 (LARGE).
  hidden_dim:: error 'Must override hidden_dim: of all networks, e.g. 256',
  dim:: 300,  // section 4.1.1: of u, z and all embeddings
  entities:: 'types',  // section 2: for relations of mentions; for relations of pairs: 'identifiers'
  corpus:: { type: 'pair_sentences' },
  max_length:: 140,  // section 4.1: longer sentences are left out
  transductive:: false,  // true: sentences of GAD and EU-ADR take part too, without their labels
  min_count:: 3,  // rarer words are unknown
  num_iterations:: 400000,  // section 4.1.1
  iterations_per_epoch:: 4000,
  instances_in_memory:: 100000,  // batches are drawn from these
  batch_size:: 192,  // section 4.1.1
  lr:: 1e-4,  // section 4.1.1
  kl_annealing:: 10000,  // section 4.1.2: steps from weight 0 to 1
  token_dropout:: 0.5,  // section 4.1.2
  num_samples:: 1,  // section 4.1.1
  length_normalize:: false,  // the released code: true
  latent_in_output:: false,  // the released code: true
  adaptive_cutoffs:: null,  // e.g. [500, 2000, 6000], which is faster with a large vocabulary
  bf16:: false,  // matrix products in bfloat16, for a GPU
  word_dim:: self.dim,  // the size of a word's vector, for parts that need it as a setting
  seed:: 13370,
  cuda_device:: null,  // null: the first GPU if there is one

  // Parts ----------------------------------------------------------------------------------
  // Without the sentences that classifiers are scored on.
  dataset_reader: corpora.unlabelled($.transductive) {
    corpus: $.corpus,
    entities: $.entities,
    max_length: $.max_length,
  },
  validation_dataset_reader: self.dataset_reader,
  // Files made by `bio-ie extract-pairs`.
  train_data_path: paths.runs + '/pairs/train.jsonl.gz',
  validation_data_path: paths.runs + '/pairs/validation.jsonl.gz',
  datasets_for_vocab_creation: ['train'],
  vocabulary: { min_count: { tokens: $.min_count } },
  model: $.representation,
  representation:: {
    local feedforward = { num_layers: 2, hidden_dims: $.hidden_dim, activations: 'relu' },
    type: 'relvm',
    word_embedding: { embedding_dim: $.dim },
    entity_embedding: { embedding_dim: $.dim, vocab_namespace: 'entities' },
    context_encoder: {  // eqs. 7 to 9
      type: 'packed_lstm',
      input_size: $.dim,
      hidden_size: $.hidden_dim,
      bidirectional: true,
    },
    prior_feedforward: feedforward,
    inference_feedforward: feedforward,
    decoder: {  // eqs. 4 and 5
      hidden_dim: $.hidden_dim,
      token_dropout: $.token_dropout,
      latent_in_output: $.latent_in_output,
      [if $.adaptive_cutoffs != null then 'adaptive_cutoffs']: $.adaptive_cutoffs,
    },
    u_dim: $.dim,
    z_dim: $.dim,
    kl_weight: { type: 'linear_warmup', num_steps: $.kl_annealing },
    length_normalize: $.length_normalize,
    num_samples: $.num_samples,
    bf16: $.bf16,
    // As in the released code; the paper does not give it.
    initializer: {
      regexes: [
        ['.*_embedding\\.weight', { type: 'normal', std: 0.1 }],
        ['representation\\.prior\\.mean\\.weight', { type: 'normal', std: 1.0 }],
      ],
    },
  },
  // The text is read during training and need not fit into memory.
  data_loader: {
    batch_size: $.batch_size,
    shuffle: true,
    max_instances_in_memory: $.instances_in_memory,
    batches_per_epoch: $.iterations_per_epoch,
  },
  trainer+: {
    num_epochs: std.ceil($.num_iterations / $.iterations_per_epoch),
    validation_metric: '+elbo',
    optimizer: { type: 'fused_adamw', lr: $.lr, weight_decay: 0.0 },  // Adam
    learning_rate_scheduler:: null,
  },
  include_in_archive: [],
}, ['hidden_dim'])

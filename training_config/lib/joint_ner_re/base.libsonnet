// Joint NER and relation extraction (Giorgi et al. 2019). An experiment overrides the settings at the top.
// Nothing below them needs editing, but every part can be overridden with `+:`.
local encoders = import '../shared/encoders.libsonnet';
local settings = import '../shared/settings.libsonnet';
local training = import '../shared/training.libsonnet';
local words = import '../shared/words.libsonnet';

settings.checked(training {
  // Settings -------------------------------------------------------------------------------
  encoder:: encoders.minilm,
  corpus:: error 'Must override corpus: the format, e.g. { type: "spert" }',
  num_epochs:: 20,
  batch_size:: 16,  // Table A.3: 16 or 32
  encoder_lr:: 5e-5,  // Table A.3: 2e-5 to 5e-5
  head_lr:: self.encoder_lr,  // the paper has one rate for all
  warmup:: 0.1,  // share of the steps during which the rates rise; then they fall to 0
  weight_decay:: 0.1,  // Table A.2
  // Whether a convolution also reads the characters of words. An encoder that lower-cases loses half of
  // the information by which names are recognised. Not in the paper, whose encoder is cased.
  characters:: false,
  // The size of a word's vector, for parts that need it as a setting.
  word_dim:: vectors.dim,
  seed:: 13370,
  cuda_device:: null,  // null: the first GPU if there is one

  // Parts ----------------------------------------------------------------------------------
  local vectors = words.vectors($.encoder, $.characters),
  dataset_reader: {
    type: 'tagged_relations',
    corpus: $.corpus,
    tokenizer: words.tokenizer,
    token_indexers: vectors.token_indexers,
    tag_scheme: 'BIOES',  // Table A.2
  },
  // Gold mentions must not decide where words end when a model is scored.
  validation_dataset_reader: self.dataset_reader { align: 'expand' },
  // Data paths: a file, or { file, fold, ... } (docs/data.md). An experiment may add
  // validation_data_path, whose scores choose the epoch to keep (without it, the last epoch is kept),
  // and test_data_path with evaluate_on_test, which is scored once at the end. The part whose score is
  // reported is test data: it never chooses anything.
  train_data_path: error 'Must override train_data_path',
  model: {
    local feedforward = {
      num_layers: 2,  // Table A.2
      hidden_dims: 512,  // Table A.2
      activations: 'relu',
      dropout: 0.1,  // Table A.2
    },
    type: 'joint_ner_re',
    text_field_embedder: vectors.text_field_embedder,
    dropout: 0.1,  // Table A.2
    label_embedding_dim: 128,  // Table A.2
    head_feedforward: feedforward,
    tail_feedforward: feedforward,
    pair_scorer: { type: 'biaffine' },  // eq. 7
    relation_loss_weight: { type: 'linear_warmup', num_epochs: 1 },  // section 2.1
    training_candidates: 'predicted',  // section 2
  },
})

// Knowledge-enhanced collective inference (KECI). An experiment overrides the settings at the top. Nothing
// below them needs editing, but every part can be overridden with `+:`. Sizes that the paper does not give
// are those of its released code.
local encoders = import '../shared/encoders.libsonnet';
local poolings = import '../shared/poolings.libsonnet';
local settings = import '../shared/settings.libsonnet';
local training = import '../shared/training.libsonnet';
local words = import '../shared/words.libsonnet';

settings.checked(training {
  // Settings -------------------------------------------------------------------------------
  encoder:: encoders.minilm,  // the paper: scibert
  corpus:: error 'Must override corpus: the format, e.g. { type: "biorelex" }',
  // A file made by `bio-ie build-kb`; null: no knowledge (SentContextOnly).
  knowledge_base:: null,
  // Whether names are also looked up by the stems of their words ("cadherin" finds "Cadherins").
  stem_names:: false,
  // The semantic types of concepts that spans may name; null: any.
  semantic_types:: null,
  // Files of vectors of the knowledge base's concepts (`bio-ie embed-concepts`), each optional.
  concept_vectors:: null,
  definition_vectors:: null,
  num_epochs:: 50,  // Table 8
  batch_size:: 32,  // Table 8
  encoder_lr:: 5e-5,  // Table 8, "lower learning rate"
  head_lr:: 2e-4,  // Table 8, "upper learning rate": BioRelEx 2e-4, ADE 1e-4
  warmup:: 0.1,  // share of the steps during which the rates rise; then they fall to 0
  weight_decay:: 0.01,
  max_span_width:: 20,  // appendix: L
  relation_loss:: 'binary_cross_entropy',  // section 2.6
  relation_loss_weight:: 1.0,  // for both graphs; the paper's L has no such weight
  final_loss_weight:: 2.0,  // eq. 10
  dropout:: 0.2,
  // Sizes: of a span's vector (d), of the hidden layers of FFNN_g (eq. 1), of those of the other networks,
  // and of those of FFNN_e (eqs. 2 and 9).
  span_dim:: 512,
  span_hidden_dims:: [1000],
  hidden_dims:: [500, 500],
  entity_hidden_dims:: self.hidden_dims,
  // Whether a convolution also reads the characters of words. An encoder that lower-cases loses half of
  // the information by which names are recognised. Not in the paper.
  characters:: false,
  // A pooling by which spans of a text with the same name share their entity scores. Not in the paper.
  name_pooling:: null,
  // Of the logarithm of the temperature of `smax`, which Adam moves by at most about this in a step.
  temperature_lr:: 1e-2,
  // The size of a word's vector, for parts that need it as a setting.
  word_dim:: vectors.dim,
  seed:: 13370,
  cuda_device:: null,  // null: the first GPU if there is one

  // Parts ----------------------------------------------------------------------------------
  local vectors = words.vectors($.encoder, $.characters),
  // FFNN_r of eqs. 3 and 9, and FFNN_c of eqs. 6 and 7.
  mlp(combination):: {
    type: 'mlp',
    hidden_dims: $.hidden_dims,
    combination: combination,
    dropout: $.dropout,
  },
  dataset_reader: {
    type: 'span_graph',
    corpus: $.corpus,
    tokenizer: words.tokenizer,
    token_indexers: vectors.token_indexers,
    max_span_width: $.max_span_width,
    [if $.name_pooling != null then 'word_keys']: true,
    [if $.knowledge_base != null then 'background']: {
      kb: { path: $.knowledge_base },
      [if $.stem_names then 'stem']: true,
      [if $.semantic_types != null then 'semantic_types']: $.semantic_types,
    },
  },
  // Gold mentions must not decide where words end when a model is scored.
  validation_dataset_reader: self.dataset_reader { align: 'expand' },
  // Data paths: as for joint_ner_re (docs/configs/README.md).
  train_data_path: error 'Must override train_data_path',
  model: {
    type: 'keci',
    text_field_embedder: vectors.text_field_embedder,
    dropout: $.dropout,
    max_span_width: $.max_span_width,
    spans_per_word: 0.5,  // appendix: lambda
    span_extractor: {  // eq. 1
      type: 'endpoint_attentive',
      output_dim: $.span_dim,
      hidden_dims: $.span_hidden_dims,
      max_span_width: $.max_span_width,
      width_embedding_dim: 20,
      dropout: $.dropout,
    },
    entity_hidden_dims: $.entity_hidden_dims,  // eqs. 2 and 9
    pair_scorer: $.mlp('x,y,x*y'),  // eqs. 3 and 9
    relation_activation: 'softmax',  // eq. 3
    relation_loss: $.relation_loss,
    relation_loss_weight: { type: 'constant', value: $.relation_loss_weight },
    final_loss_weight: $.final_loss_weight,
    [if $.name_pooling != null then 'name_pooling']: $.name_pooling,
    span_graph_encoder: {  // eq. 4
      type: 'bidirectional_gcn',
      num_layers: 2,
      feedforward_hidden_dims: $.hidden_dims,
      dropout: $.dropout,
    },
    [if $.knowledge_base != null then 'knowledge']: $.knowledge,
  },
  trainer+: {
    optimizer+: {
      parameter_groups+: poolings.temperature_groups(
        [$.name_pooling, std.get($.model, 'name_pair_pooling')], $.temperature_lr
      ),
    },
  },
  knowledge:: {
    concept_embedder: {
      type: 'concatenated',
      parts: {
        semantic_type: { type: 'semantic_type', embedding_dim: 50 },
        [if $.concept_vectors != null then 'pretrained']: {
          type: 'pretrained',
          vectors: $.concept_vectors,
        },
        [if $.definition_vectors != null then 'description']: {
          type: 'description',
          vectors: $.definition_vectors,
        },
      },
    },
    graph_encoder: {  // eq. 5
      type: 'relational_gcn',
      hidden_dims: [50, 50, 50],
      dropout: $.dropout,
    },
    fusion: {  // eqs. 6 to 8
      type: 'sentinel_attention',
      scorer: $.mlp('x,y'),
      hidden_dims: $.hidden_dims,
      dropout: $.dropout,
    },
  },
})

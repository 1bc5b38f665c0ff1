// SNERL, entity links and relations from document-level supervision, and BRAN. An experiment overrides the
// settings at the top. Nothing below them needs editing, but every part can be overridden with `+:`.
local encoders = import '../shared/encoders.libsonnet';
local poolings = import '../shared/poolings.libsonnet';
local settings = import '../shared/settings.libsonnet';
local training = import '../shared/training.libsonnet';
local words = import '../shared/words.libsonnet';

settings.checked(training {
  // Settings -------------------------------------------------------------------------------
  // null: random word vectors and `bran_transformer`, as in the paper; or an encoder of encoders.libsonnet.
  encoder:: null,
  corpus:: error 'Must override corpus: the format, e.g. { type: "pubtator" }',
  // A file made by `bio-ie build-kb`, with an index made by `bio-ie build-index` next to it.
  knowledge_base:: error 'Must override knowledge_base',
  // Vectors of the knowledge base's concepts (`bio-ie embed-concepts`). If given, they replace the learned
  // ones, so that concepts that training never saw have vectors too (the paper's Disease-Phenotype data).
  concept_vectors:: null,
  definition_vectors:: null,
  // For each mention type, the semantic types of its candidates, as the knowledge base calls them.
  candidate_types:: {},
  // 'candidates': SNERL; 'top_candidate' and 'linked': BRAN (Top Candidate) and BRAN (Linker).
  links:: 'candidates',
  pooling:: { type: 'smax' },  // "Soft maximum pooling"; its temperature starts at `initial_temperature` (0.1)
  dim:: 128,  // n, the paper's d; Disease-Phenotype 64
  num_blocks:: 4,  // B
  num_heads:: 2,
  word_embedding_dropout:: 0.25,  // p_i
  dropout:: 0.0,  // p_i of a pretrained encoder: of the vectors that it gives
  attention_dropout:: 0.25,  // p_t
  argument_dropout:: 0.15,  // p_s
  word_dropout:: 0.2,  // p_w
  fact_weight:: 5.0,  // w_t
  entity_weight:: 2.0,  // w_e
  entity_loss_weight:: 0.1,  // alpha
  // The entities that a document is known to be about: those of its 'facts' (the paper), or also those of its
  // annotated 'mentions'.
  entity_supervision:: 'facts',
  negative_entities:: 100,  // n-
  k:: 15,
  num_candidates:: 25,  // C
  // The initial weight of the candidate generator's score; null: the score is not used, as in the paper.
  candidate_score_weight:: null,
  num_epochs:: 30,
  batch_size:: 16,
  encoder_lr:: 1e-3,  // Adam, "Implementation Details"; less for a pretrained encoder
  head_lr:: 1e-3,
  linker_lr:: self.head_lr,  // of the weights that link mentions, including vectors of concepts
  // Of the logarithm of the temperature of `smax`, which Adam moves by at most about this in a step.
  temperature_lr:: 1e-2,
  warmup:: 0.1,
  weight_decay:: 0.0,
  // The size of a word's vector, for parts that need it as a setting.
  word_dim:: text.hidden_size,
  seed:: 13370,
  cuda_device:: null,  // null: the first GPU if there is one

  // Parts ----------------------------------------------------------------------------------
  local modes = if std.isString(self.links) then [self.links]
  else [self.links[type] for type in std.objectFields(self.links)],
  local is_linked = !std.member(modes, 'candidates'),  // no mention has candidates to choose from
  local kb = { path: $.knowledge_base },
  local text = if $.encoder != null then $.encoder else encoders.random_words($.dim) {
    embedder+: { word_dropout: $.word_dropout, dropout: $.word_embedding_dropout },
  },
  dataset_reader: {
    type: 'document_graph',
    corpus: $.corpus,
    tokenizer: words.tokenizer,
    token_indexers: text.token_indexers,
    kb: kb,
    candidate_generator: {
      type: 'tfidf',
      kb: kb,
      k: $.num_candidates,
      semantic_types: $.candidate_types,
    },
    links: $.links,
    entity_supervision: $.entity_supervision,
    align: 'expand',  // gold mentions must not decide where words end
  },
  validation_dataset_reader: self.dataset_reader,
  // Data paths: as for joint_ner_re (docs/configs/README.md).
  train_data_path: error 'Must override train_data_path',
  // Words and concepts that occur only in other data are unknown.
  datasets_for_vocab_creation: ['train'],
  model: {
    type: 'snerl',
    text_field_embedder: text.text_field_embedder,
    [if $.encoder == null then 'encoder']: {
      type: 'bran_transformer',
      input_dim: $.dim,
      num_blocks: $.num_blocks,
      num_heads: $.num_heads,
      attention_dropout: $.attention_dropout,
    },
    [if $.dropout != 0 then 'dropout']: $.dropout,
    argument_dim: $.dim,
    argument_dropout: $.argument_dropout,
    pair_scorer: {
      type: 'mlp',
      hidden_dims: [$.dim],
      combination: 'x,y',
      dropout: $.argument_dropout,
    },
    pooling: $.pooling,
    relation_activation: if poolings.is($.pooling, 'logsumexp') && is_linked then 'softmax' else 'sigmoid',
    [if !is_linked then 'linker']: $.linker,
    fact_weight: $.fact_weight,
    entity_weight: $.entity_weight,
    entity_loss_weight: if is_linked then 0.0 else $.entity_loss_weight,
    negative_entities: $.negative_entities,
    k: $.k,
  },
  linker:: {
    document_dim: $.dim,
    scorer: {
      type: 'mlp',
      hidden_dims: [$.dim],
      combination: 'x,y',
      dropout: $.argument_dropout,
    },
    [if $.candidate_score_weight != null then 'candidate_score_weight']: $.candidate_score_weight,
    local has_vectors = $.concept_vectors != null || $.definition_vectors != null,
    concept_embedder: {
      type: 'sum',
      output_dim: $.dim,
      parts: {
        [if !has_vectors then 'concept']: { type: 'learned', embedding_dim: $.dim },
        [if $.concept_vectors != null then 'pretrained']: {
          type: 'pretrained',
          vectors: $.concept_vectors,
          concept_dropout: 0.1,
        },
        [if $.definition_vectors != null then 'description']: {
          type: 'description',
          vectors: $.definition_vectors,
          concept_dropout: 0.1,
        },
        semantic_type: { type: 'semantic_type', embedding_dim: $.dim },
      },
    },
  },
  trainer+: {
    callbacks+: [{ type: 'best_thresholds' }],
    optimizer+: {
      parameter_groups:
        (if $.encoder == null then [] else super.parameter_groups)
        // Not the biases: a parameter can be in one group only, and theirs is the one without weight decay.
        + (if is_linked || $.linker_lr == $.head_lr then []
           else [[['^(module\\.)?linker\\.(?!.*bias$)'], { lr: $.linker_lr }]])
        + poolings.temperature_groups([$.pooling], $.temperature_lr),
    },
  },
}, ['corpus', 'knowledge_base', 'train_data_path'])

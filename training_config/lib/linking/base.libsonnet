// Multi-task end-to-end entity linking (Wiatrak and Iso-Sipilä 2020). An experiment overrides the settings at
// the top. Nothing below them needs editing, but every part can be overridden with `+:`. The paper's
// architectures are in architectures.libsonnet.
local encoders = import '../shared/encoders.libsonnet';
local settings = import '../shared/settings.libsonnet';
local training = import '../shared/training.libsonnet';
local words = import '../shared/words.libsonnet';

settings.checked(training {
  // Settings -------------------------------------------------------------------------------
  encoder:: encoders.minilm,  // section 2.2: scibert
  corpus:: error 'Must override corpus: the format, e.g. { type: "pubtator" }',
  tasks:: ['mention_recognition', 'entity_typing', 'entity_linking'],  // section 2.1
  granularity:: 'token',  // PT; PE is 'entity'
  architecture:: 'flat',  // or 'hierarchical'
  type_scheme:: 'plain',  // section 2.1: 'bilou' on BC5CDR
  nil_weight:: 0.125,  // section 3.1: .125 on MedMentions and BC5CDR, .01 on st21pv; PT only
  // The number of concepts in the softmax of training besides those of the batch. Not in the paper.
  num_negatives:: 0,
  // Whether a mention is linked only if the probability reaches a threshold, which is the best one on the
  // validation data. Not in the paper.
  link_threshold:: false,
  // The encoder of each task. In the hierarchy of section 2.2 it is a multi-layer BiLSTM.
  task_encoder:: null,
  // The encoder of the highest task; null: none.
  top_encoder:: self.task_encoder,
  // A feedforward network of each task between its encoder and the layer of classes; null: none.
  feedforward:: null,
  tag_decoder:: { type: 'constrained' },  // of BILOU tags
  // The tasks whose losses train the encoder; null: all. In section 3.1: entity_linking, in the hierarchy.
  tune_encoder_on:: null,
  task_sampling:: 'joint',
  // PE: the mentions to classify in training, and out of it.
  training_spans:: 'gold',
  span_source:: 'task',
  mention_detector:: null,  // for span_source 'archive': an archive that finds mentions
  // A file made by `bio-ie build-kb`: concept ids are written as in this file. With `rescoring`, PE also
  // scores the concepts that the file has for a mention, by vectors of `bio-ie embed-concepts`. Not in the
  // paper.
  knowledge_base:: null,
  rescoring:: false,
  candidates:: 'exact',  // or 'tfidf', with an index made by `bio-ie build-index`
  num_candidates:: 10,
  definition_vectors:: null,
  concept_vectors:: null,
  context_sentences:: 1,  // section 3.1
  max_wordpieces:: 128,  // section 3.1
  // Successive sentences are joined to one instance of up to this number of wordpieces. null: each sentence
  // is its own instance, as in the paper.
  joined_wordpieces:: null,
  num_epochs:: 30,
  patience:: 10,  // section 3.1: until convergence
  batch_size:: 32,  // section 3.1
  encoder_lr:: 2e-5,  // section 3.1
  head_lr:: self.encoder_lr,  // the paper has one rate for all
  warmup:: 0.1,  // share of the steps during which the rates rise; then they fall to 0
  weight_decay:: 1e-4,  // section 3.1
  dropout:: 0.1,
  // Whether a convolution also reads the characters of words. Not in the paper.
  characters:: false,
  // The size of a word's vector, for parts that need it as a setting.
  word_dim:: vectors.dim,
  seed:: 13370,
  cuda_device:: null,  // null: the first GPU if there is one

  // Parts ----------------------------------------------------------------------------------
  local vectors = words.vectors($.encoder, $.characters),
  task(name)::
    local is_tagged = name == 'mention_recognition'
                      || (name == 'entity_typing'
                          && $.granularity == 'token'
                          && $.type_scheme == 'bilou');
    local is_top = name == $.tasks[std.length($.tasks) - 1];
    local encoder = if is_top then $.top_encoder else $.task_encoder;
    local is_rescored = $.rescoring && name == 'entity_linking';
    local has_weight = $.granularity == 'token' && name != 'mention_recognition';
    {
      [if encoder != null then 'encoder']: encoder,
      [if $.feedforward != null then 'feedforward']: $.feedforward,
      [if is_tagged then 'tag_decoder']: $.tag_decoder,
      [if has_weight then 'nil_weight']: $.nil_weight,
      [if name == 'entity_linking' then 'num_negatives']: $.num_negatives,
      [if is_rescored then 'candidate_rescoring']: $.candidate_rescoring,
    },
  local files = { description: $.definition_vectors, pretrained: $.concept_vectors },
  local given = [name for name in std.objectFields(files) if files[name] != null],
  candidate_rescoring:: {
    [if given != [] then 'concept_embedder']: {
      type: 'concatenated',
      parts: { [name]: { type: name, vectors: files[name] } for name in given },
    },
  },
  dataset_reader: {
    type: 'entity_linking',
    corpus: $.corpus,
    tokenizer: words.tokenizer,
    token_indexers: vectors.token_indexers,
    context_sentences: $.context_sentences,
    max_wordpieces: $.max_wordpieces,
    [if $.joined_wordpieces != null then 'joined_wordpieces']: $.joined_wordpieces,
    granularity: $.granularity,
    type_scheme: $.type_scheme,
    [if $.knowledge_base != null then 'kb']: { path: $.knowledge_base },
    [if $.rescoring then 'candidate_generator']: {
      type: $.candidates,
      kb: { path: $.knowledge_base },
      k: $.num_candidates,
    },
    [if $.rescoring && $.training_spans != 'gold' then 'candidate_spans']: 'all',
    // Training needs a detector only for predicted mentions: the corpus's own are there at no cost.
    [if $.mention_detector != null && $.training_spans != 'gold' then 'mention_detector']:
      $.mention_detector,
    [if $.mention_detector != null && $.training_spans != 'gold' then 'span_source']: 'archive',
  },
  // Gold mentions must not decide where words end when a model is scored.
  validation_dataset_reader: self.dataset_reader {
    align: 'expand',
    [if $.granularity == 'entity' then 'span_source']: $.span_source,
    [if $.mention_detector != null then 'mention_detector']: $.mention_detector,
    [if $.rescoring && $.span_source == 'task' then 'candidate_spans']: 'all',
  },
  // A concept that training has not seen is not a class.
  datasets_for_vocab_creation: ['train'],
  // Data paths: as for joint_ner_re (docs/configs/README.md).
  train_data_path: error 'Must override train_data_path',
  model: {
    type: 'multitask_entity_linker',
    text_field_embedder: vectors.text_field_embedder,
    tasks: { [name]: $.task(name) for name in $.tasks },
    granularity: $.granularity,
    architecture: $.architecture,
    type_scheme: $.type_scheme,
    tune_encoder_on: $.tune_encoder_on,
    task_sampling: $.task_sampling,
    [if $.granularity == 'entity' then 'training_spans']: $.training_spans,
    [if $.granularity == 'entity' then 'span_source']: $.span_source,
    dropout: $.dropout,
  },
  trainer+: { patience: $.patience }
            + if $.link_threshold && std.member($.tasks, 'entity_linking') then {
              callbacks+: [{ type: 'best_thresholds' }],
              validation_metric: '+entity_linking_best_f1',
            } else {},
})

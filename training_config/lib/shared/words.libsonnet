// How texts become words, and words vectors: what the bases share.
local characters = import 'characters.libsonnet';

{
  // Cuts at signs that scispaCy's rules leave inside words: nine in a hundred mentions of BC5CDR end
  // there ("cocaine-induced").
  tokenizer: { type: 'scispacy_rules', split_signs: '-–/' },

  // Vectors by an encoder (encoders.libsonnet) and, if `with_characters`, by characters as well.
  vectors(encoder, with_characters):: {
    local added = if with_characters then characters else {
      dim: 0,
      token_indexers: {},
      text_field_embedder: {},
    },
    dim: encoder.hidden_size + added.dim,
    token_indexers: encoder.token_indexers + added.token_indexers,
    text_field_embedder: encoder.text_field_embedder + added.text_field_embedder,
  },
}

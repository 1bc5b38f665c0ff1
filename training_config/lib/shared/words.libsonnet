// How texts are split into words, and how words get vectors, for all bases.
local characters = import 'characters.libsonnet';

{
  // Splits words at signs that scispaCy's rules leave inside of them, because nine in a hundred mentions of
  // BC5CDR end at such a sign ("cocaine-induced").
  tokenizer: { type: 'scispacy_rules', split_signs: '-–/' },

  // Vectors from an encoder (encoders.libsonnet) and, if `with_characters`, from characters too.
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

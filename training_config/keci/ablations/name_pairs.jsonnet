// Scores of all pairs of mentions of the same two names are pooled.
(import '../biorelex.jsonnet') {
  dataset_reader+: { word_keys: true },
  model+: { name_pair_pooling: { type: 'logsumexp' } },
}

// The relation scores of all pairs of mentions with the same two names are pooled.
(import '../biorelex.jsonnet') {
  dataset_reader+: { word_keys: true },
  model+: { name_pair_pooling: { type: 'logsumexp' } },
}

// The scores of all pairs of words of two mentions are pooled, in place of the score of their last words.
(import '../conll04.jsonnet') { model+: { word_pair_pooling: { type: 'logsumexp' } } }

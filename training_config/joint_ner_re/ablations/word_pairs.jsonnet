// All pairs of words of two mentions, pooled, in place of their last words.
(import '../conll04.jsonnet') { model+: { word_pair_pooling: { type: 'logsumexp' } } }

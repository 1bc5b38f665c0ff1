// The mean, in which all evidence counts alike.
(import '../bc5cdr.jsonnet') { pooling:: { type: 'mean' } }

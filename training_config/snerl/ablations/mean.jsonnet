// All evidence alike.
(import '../bc5cdr.jsonnet') { pooling:: { type: 'mean' } }

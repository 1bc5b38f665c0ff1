// Eq. 4 as it is written.
(import '../bc5cdr.jsonnet') { pooling:: { type: 'max' } }

// Eq. 4 as it is written, with the maximum.
(import '../bc5cdr.jsonnet') { pooling:: { type: 'max' } }

// BRAN (Linker): mentions have the links that the corpus gives.
(import '../bc5cdr.jsonnet') { links:: 'linked', pooling:: { type: 'logsumexp' } }

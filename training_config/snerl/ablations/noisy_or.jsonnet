// Mentions as independent evidence.
(import '../bc5cdr.jsonnet') { pooling:: { type: 'noisy_or' } }

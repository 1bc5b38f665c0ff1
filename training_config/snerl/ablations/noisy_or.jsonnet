// Noisy-or, in which mentions are independent evidence.
(import '../bc5cdr.jsonnet') { pooling:: { type: 'noisy_or' } }

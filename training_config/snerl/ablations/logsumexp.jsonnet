// BRAN's pooling, of logits.
(import '../bc5cdr.jsonnet') { pooling:: { type: 'logsumexp' } }

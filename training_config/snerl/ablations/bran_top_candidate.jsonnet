// BRAN (Top Candidate): the candidate with the most similar name, for certain.
(import '../bc5cdr.jsonnet') { links:: 'top_candidate', pooling:: { type: 'logsumexp' } }

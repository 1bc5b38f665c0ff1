// BRAN (Top Candidate): each mention is linked to the candidate with the most similar name, with certainty.
(import '../bc5cdr.jsonnet') { links:: 'top_candidate', pooling:: { type: 'logsumexp' } }

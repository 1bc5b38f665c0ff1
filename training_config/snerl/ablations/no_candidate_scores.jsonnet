// As in the paper: how similar a name is decides which candidates there are, and nothing else.
(import '../bc5cdr.jsonnet') { candidate_score_weight:: null }

// As in the paper: the similarity of names decides which candidates there are, and nothing else.
(import '../bc5cdr.jsonnet') { candidate_score_weight:: null }

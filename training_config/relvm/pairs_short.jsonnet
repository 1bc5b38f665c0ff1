// Relations of entities from a representation that had little unsupervised training
// (xsmall_identifiers_short.jsonnet): fewer steps than in section 4.3, with a larger learning rate.
(import 'pairs.jsonnet') { num_iterations:: 4000, iterations_per_epoch:: 500, lr:: 1e-3 }

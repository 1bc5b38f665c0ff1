// X-SMALL in 3,000 steps, for a CPU, for relations of entities by their identifiers.
(import 'small_identifiers_short.jsonnet') { hidden_dim:: 128, num_iterations:: 3000 }

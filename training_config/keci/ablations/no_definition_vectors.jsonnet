// Table 4, without the vectors of definitions.
(import '../biorelex.jsonnet') { definition_vectors:: null }

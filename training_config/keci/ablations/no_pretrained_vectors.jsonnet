// Table 4, without the pretrained vectors of concepts.
(import '../biorelex.jsonnet') { concept_vectors:: null }

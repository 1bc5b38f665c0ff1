// GAD as in gad_bert, with markers around the two mentions, whose vectors are classified.
(import 'gad_bert.jsonnet') { arguments:: 'marked', argument_vectors:: true }

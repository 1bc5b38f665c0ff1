// EU-ADR as in euadr_bert, with markers around the two mentions, whose vectors are classified.
(import 'euadr_bert.jsonnet') { arguments:: 'marked', argument_vectors:: true }

// EU-ADR as in euadr_bert, with placeholders that say the types of the two mentions.
(import 'euadr_bert.jsonnet') { arguments:: 'typed' }

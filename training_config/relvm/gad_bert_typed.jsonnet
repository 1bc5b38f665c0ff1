// GAD as in gad_bert, with placeholders that say the types of the two mentions.
(import 'gad_bert.jsonnet') { arguments:: 'typed' }

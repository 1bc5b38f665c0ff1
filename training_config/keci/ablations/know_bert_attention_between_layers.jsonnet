// KnowBertAttention with the knowledge between the last two layers of the encoder, as KnowBert has it, rather than
// after the encoder: the last layer reads what the knowledge adds.
(import 'know_bert_attention.jsonnet') { knowledge+:: { after_layer: 5 } }

// Table 4, without the relational GCN.
(import '../biorelex.jsonnet') { knowledge+:: { graph_encoder: { type: 'pass_through' } } }

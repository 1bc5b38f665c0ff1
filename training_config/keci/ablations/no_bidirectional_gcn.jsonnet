// Table 4, without the bidirectional GCN.
(import '../biorelex.jsonnet') { model+: { span_graph_encoder: { type: 'pass_through' } } }

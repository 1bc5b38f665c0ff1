// Table 1, FlatAttention; Table 4, without collective inference.
(import '../biorelex.jsonnet') {
  model+: { span_graph_encoder: { type: 'pass_through' } },
  knowledge+:: { graph_encoder: { type: 'pass_through' } },
}

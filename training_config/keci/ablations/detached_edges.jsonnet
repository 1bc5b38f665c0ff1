// The initial graph learns from its own loss alone.
(import '../biorelex.jsonnet') {
  model+: { span_graph_encoder+: { detach_edge_weights: true } },
}

// The initial graph learns only from its own loss.
(import '../biorelex.jsonnet') {
  model+: { span_graph_encoder+: { detach_edge_weights: true } },
}

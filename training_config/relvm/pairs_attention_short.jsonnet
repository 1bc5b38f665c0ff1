// The baseline "Attention" in few steps: it overfits the 1,580 related pairs of docs/models/relvm.md
// soon after.
(import 'pairs_attention.jsonnet') {
  num_iterations:: 400,
  iterations_per_epoch:: 50,
  lr:: 3e-4,
  max_contexts:: 10,
}

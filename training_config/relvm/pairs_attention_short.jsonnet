// The baseline "Attention" in few steps, for the pairs of docs/models/relvm.md. With a learning rate of 1e-3,
// F1 on the validation part was highest after 150 steps, and lower after 300 and 450.
(import 'pairs_attention.jsonnet') {
  num_iterations:: 400,
  iterations_per_epoch:: 50,
  lr:: 3e-4,
  max_contexts:: 10,
}

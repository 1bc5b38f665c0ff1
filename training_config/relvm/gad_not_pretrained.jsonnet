// GAD, one fold of ten, without unsupervised training: what it adds is the difference to
// gad_short.jsonnet. New weights take more steps.
(import 'gad_short.jsonnet') { archive:: null, hidden_dim:: 256, num_iterations:: 3000 }

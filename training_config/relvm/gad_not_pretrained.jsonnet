// GAD, one fold of ten, without unsupervised training, with as many steps as in section 4.2. To be compared
// with gad_short.jsonnet, which starts from a representation of the same size.
(import 'gad_short.jsonnet') { archive:: null, hidden_dim:: 256, num_iterations:: 3000 }

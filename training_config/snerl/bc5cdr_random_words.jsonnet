// The paper's encoder: random word vectors, and a transformer with convolutions.
(import 'bc5cdr.jsonnet') { encoder:: null, num_epochs:: 12 }

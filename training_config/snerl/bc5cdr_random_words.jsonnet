// The paper's encoder: words at random, and a transformer with convolutions.
(import 'bc5cdr.jsonnet') { encoder:: null, num_epochs:: 12 }

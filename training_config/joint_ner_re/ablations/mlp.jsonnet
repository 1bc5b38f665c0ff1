// A multilayer perceptron scores pairs.
(import '../conll04.jsonnet') { model+: { pair_scorer: { type: 'mlp', hidden_dims: [512], combination: 'x,y,x*y' } } }

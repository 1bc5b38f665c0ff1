// EU-ADR, one fold of ten, without unsupervised training: what it adds is the difference to
// euadr_short.jsonnet. A learning rate for new weights, not for fine-tuning.
(import 'euadr_short.jsonnet') { archive:: null, hidden_dim:: 256, lr:: 1e-3 }

// EU-ADR, one fold of ten, without unsupervised training; the difference to euadr_short.jsonnet is what
// unsupervised training adds. The learning rate is one for new weights, not for fine-tuning.
(import 'euadr_short.jsonnet') { archive:: null, hidden_dim:: 256, lr:: 1e-3 }

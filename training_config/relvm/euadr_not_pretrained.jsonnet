// EU-ADR, one fold of ten, without unsupervised training: what it adds is the difference to
// euadr_short.jsonnet.
(import 'euadr_short.jsonnet') { archive:: null, hidden_dim:: 256 }

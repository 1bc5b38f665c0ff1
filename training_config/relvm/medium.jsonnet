// MEDIUM (section 4.1.1), for relations of mentions: entities are represented by their types.
(import '../lib/relvm/base.libsonnet') { hidden_dim:: 512 }

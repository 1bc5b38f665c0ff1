// LARGE (section 4.1.1), for relations of entities by their identifiers (section 4.3).
(import '../lib/relvm/base.libsonnet') { hidden_dim:: 1024, entities:: 'identifiers' }

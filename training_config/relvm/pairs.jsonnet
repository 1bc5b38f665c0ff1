// Relations of entities from a trained representation, with the settings of section 4.3.
import '../lib/relvm/pair_relations.libsonnet'

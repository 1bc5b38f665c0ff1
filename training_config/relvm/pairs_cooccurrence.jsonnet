// Relations of entities: the baseline "Co-occurrences" (section 4.3.1), which has nothing to learn.
(import '../lib/relvm/pair_relations.libsonnet') {
  vocabulary: {},
  model: { type: 'cooccurrence' },
  data_loader: { batch_size: 512 },
  trainer: { type: 'no_op' },
  include_in_archive: [],
}

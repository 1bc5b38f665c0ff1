// BC5CDR, baseline: BiLSTM-CRF, entity linking alone.
local architectures = import '../../lib/linking_architectures.libsonnet';
local base = import '../../lib/multitask_entity_linker.libsonnet';
local corpora = import '../../lib/linking_corpora.libsonnet';

base + corpora.bc5cdr + architectures.bilstm('entity_linking') {
  // Every pair of the 1,182 labels has a score: many sentences would not fit.
  batch_size:: 4,
}

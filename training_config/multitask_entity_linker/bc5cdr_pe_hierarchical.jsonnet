// BC5CDR, train -> dev, with the embedded encoder. Per entity, three tasks in a hierarchy.
local architectures = import '../lib/linking_architectures.libsonnet';
local base = import '../lib/multitask_entity_linker.libsonnet';
local corpora = import '../lib/linking_corpora.libsonnet';

base + corpora.bc5cdr + architectures.pe_hierarchical {
  encoder_lr:: 2e-4,
  head_lr:: 1e-3,
}

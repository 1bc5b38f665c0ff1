// BC5CDR, with the paper's settings. Per entity, three tasks in a hierarchy.
local architectures = import '../../lib/linking_architectures.libsonnet';
local base = import '../../lib/multitask_entity_linker.libsonnet';
local corpora = import '../../lib/linking_corpora.libsonnet';
local encoders = import '../../lib/encoders.libsonnet';

base + corpora.bc5cdr + architectures.pe_hierarchical {
  encoder:: encoders.scibert,
}

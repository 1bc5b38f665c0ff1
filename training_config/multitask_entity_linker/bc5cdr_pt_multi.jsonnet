// BC5CDR, train -> dev, with the embedded encoder. Per token, three tasks side by side.
local architectures = import '../lib/linking_architectures.libsonnet';
local base = import '../lib/multitask_entity_linker.libsonnet';
local corpora = import '../lib/linking_corpora.libsonnet';

base + corpora.bc5cdr + architectures.pt_multi {
  encoder_lr:: 2e-4,
  head_lr:: 1e-3,
}

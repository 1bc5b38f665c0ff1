// BC5CDR, baseline: BiLSTM-CRF, entity linking alone.
local architectures = import '../../lib/linking_architectures.libsonnet';
local base = import '../../lib/multitask_entity_linker.libsonnet';
local corpora = import '../../lib/linking_corpora.libsonnet';

base + corpora.bc5cdr + architectures.bilstm('entity_linking')

// MedMentions (full), baseline: BiLSTM-CRF, entity typing alone.
local architectures = import '../../lib/linking_architectures.libsonnet';
local base = import '../../lib/multitask_entity_linker.libsonnet';
local corpora = import '../../lib/linking_corpora.libsonnet';

base + corpora.medmentions('full') + architectures.bilstm('entity_typing')

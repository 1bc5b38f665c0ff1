// MedMentions (full), baseline: BiLSTM-CRF, mention recognition alone.
local architectures = import '../../lib/linking_architectures.libsonnet';
local base = import '../../lib/multitask_entity_linker.libsonnet';
local corpora = import '../../lib/linking_corpora.libsonnet';

base + corpora.medmentions('full') + architectures.bilstm('mention_recognition')

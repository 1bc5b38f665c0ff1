// MedMentions (full), baseline: BiLSTM-CRF, entity typing alone.
local linking = import '../../lib/linking/all.libsonnet';
linking.base + linking.corpora.medmentions('full') + linking.architectures.bilstm('entity_typing')

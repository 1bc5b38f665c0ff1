// MedMentions (st21pv), baseline: BiLSTM-CRF, entity typing alone.
local linking = import '../../lib/linking/all.libsonnet';
linking.base + linking.corpora.medmentions('st21pv') + linking.architectures.bilstm('entity_typing')

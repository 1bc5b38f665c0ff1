// MedMentions (st21pv), baseline: BiLSTM and a softmax over concepts, entity linking alone.
local linking = import '../../lib/linking/all.libsonnet';
linking.base + linking.corpora.medmentions('st21pv') + linking.architectures.bilstm('entity_linking', crf=false)

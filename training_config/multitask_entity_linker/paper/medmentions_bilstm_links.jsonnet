// MedMentions (full), baseline: BiLSTM and a softmax over concepts, entity linking alone.
local linking = import '../../lib/linking/all.libsonnet';
linking.base + linking.corpora.medmentions('full') + linking.architectures.bilstm('entity_linking', crf=false)

// MedMentions (full), baseline: BiLSTM-CRF, mention recognition alone.
local linking = import '../../lib/linking/all.libsonnet';
linking.base + linking.corpora.medmentions('full') + linking.architectures.bilstm('mention_recognition')

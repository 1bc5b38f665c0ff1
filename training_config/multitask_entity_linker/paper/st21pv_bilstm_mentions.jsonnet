// MedMentions (st21pv), baseline: BiLSTM-CRF, mention recognition alone.
local linking = import '../../lib/linking/all.libsonnet';
linking.base + linking.corpora.medmentions('st21pv') + linking.architectures.bilstm('mention_recognition')

// BC5CDR, baseline: BiLSTM-CRF, entity linking alone.
local linking = import '../../lib/linking/all.libsonnet';
linking.base + linking.corpora.bc5cdr_official + linking.architectures.bilstm('entity_linking')

// BC5CDR, baseline: BiLSTM-CRF, entity typing alone.
local linking = import '../../lib/linking/all.libsonnet';
linking.base + linking.corpora.bc5cdr_official + linking.architectures.bilstm('entity_typing')

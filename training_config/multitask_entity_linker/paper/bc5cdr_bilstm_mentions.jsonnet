// BC5CDR, baseline: BiLSTM-CRF, mention recognition alone.
local linking = import '../../lib/linking/all.libsonnet';
linking.base + linking.corpora.bc5cdr_official + linking.architectures.bilstm('mention_recognition')

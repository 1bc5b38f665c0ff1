// BC5CDR, with the paper's settings. Per token, entity typing alone.
local linking = import '../../lib/linking/all.libsonnet';
linking.base + linking.corpora.bc5cdr_official + linking.architectures.pt_single + linking.paper {
  tasks:: ['entity_typing'],
}

// BC5CDR, with the paper's settings. Per token, entity linking alone.
local linking = import '../../lib/linking/all.libsonnet';
linking.base + linking.corpora.bc5cdr_official + linking.architectures.pt_single + linking.paper

// BC5CDR, with the paper's settings. Per token, three tasks side by side.
local linking = import '../../lib/linking/all.libsonnet';
linking.base + linking.corpora.bc5cdr_official + linking.architectures.pt_multi + linking.paper

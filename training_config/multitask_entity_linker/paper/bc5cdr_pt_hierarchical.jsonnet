// BC5CDR, with the paper's settings. Per token, three tasks in a hierarchy.
local linking = import '../../lib/linking/all.libsonnet';
linking.base + linking.corpora.bc5cdr_official + linking.architectures.pt_hierarchical + linking.paper_hierarchical

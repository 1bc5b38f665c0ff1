// BC5CDR, train -> dev, with the embedded encoder. Per token, three tasks in a hierarchy.
local linking = import '../lib/linking/all.libsonnet';
linking.base + linking.corpora.bc5cdr + linking.architectures.pt_hierarchical + linking.recipe

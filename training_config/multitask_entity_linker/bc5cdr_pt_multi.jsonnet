// BC5CDR, train -> dev, with the embedded encoder. Per token, three tasks side by side.
local linking = import '../lib/linking/all.libsonnet';
linking.base + linking.corpora.bc5cdr + linking.architectures.pt_multi + linking.recipe

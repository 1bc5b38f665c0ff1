// MedMentions (full), with the paper's settings. Per token, three tasks side by side.
local linking = import '../../lib/linking/all.libsonnet';
linking.base + linking.corpora.medmentions('full') + linking.architectures.pt_multi + linking.paper

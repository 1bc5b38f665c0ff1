// MedMentions (st21pv), with the paper's settings. Per token, three tasks side by side.
local linking = import '../../lib/linking/all.libsonnet';
linking.base + linking.corpora.medmentions('st21pv') + linking.architectures.pt_multi + linking.paper

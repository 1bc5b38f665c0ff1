// MedMentions (st21pv), with the paper's settings. Per token, entity linking alone.
local linking = import '../../lib/linking/all.libsonnet';
linking.base + linking.corpora.medmentions('st21pv') + linking.architectures.pt_single + linking.paper

// MedMentions (full), with the paper's settings. Per token, entity linking alone.
local linking = import '../../lib/linking/all.libsonnet';
linking.base + linking.corpora.medmentions('full') + linking.architectures.pt_single + linking.paper

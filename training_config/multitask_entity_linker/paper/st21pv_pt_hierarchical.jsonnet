// MedMentions (st21pv), with the paper's settings. Per token, three tasks in a hierarchy.
local linking = import '../../lib/linking/all.libsonnet';
linking.base + linking.corpora.medmentions('st21pv') + linking.architectures.pt_hierarchical + linking.paper_hierarchical

// MedMentions (full), with the paper's settings. Per entity, three tasks in a hierarchy.
local linking = import '../../lib/linking/all.libsonnet';
linking.base + linking.corpora.medmentions('full') + linking.architectures.pe_hierarchical + linking.paper_hierarchical

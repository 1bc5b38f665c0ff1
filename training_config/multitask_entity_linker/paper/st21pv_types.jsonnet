// MedMentions (st21pv), with the paper's settings. Per token, entity typing alone.
local linking = import '../../lib/linking/all.libsonnet';
linking.base + linking.corpora.medmentions('st21pv') + linking.architectures.pt_single + linking.paper {
  tasks:: ['entity_typing'],
}

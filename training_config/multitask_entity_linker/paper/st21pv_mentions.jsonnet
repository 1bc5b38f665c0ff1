// MedMentions (st21pv), with the paper's settings. Mention recognition alone; its archive gives
// st21pv_pe_single.jsonnet the mentions.
local linking = import '../../lib/linking/all.libsonnet';
linking.base + linking.corpora.medmentions('st21pv') + linking.architectures.pt_single + linking.paper {
  tasks:: ['mention_recognition'],
}

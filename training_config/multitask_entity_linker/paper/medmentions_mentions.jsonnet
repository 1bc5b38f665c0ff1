// MedMentions (full), with the paper's settings. Mention recognition alone; its archive gives
// medmentions_pe_single.jsonnet the mentions.
local linking = import '../../lib/linking/all.libsonnet';
linking.base + linking.corpora.medmentions('full') + linking.architectures.pt_single + linking.paper {
  tasks:: ['mention_recognition'],
}

// BC5CDR, with the paper's settings. Mention recognition alone; its archive gives bc5cdr_pe_single.jsonnet
// the mentions.
local linking = import '../../lib/linking/all.libsonnet';
linking.base + linking.corpora.bc5cdr_official + linking.architectures.pt_single + linking.paper {
  tasks:: ['mention_recognition'],
}

// MedMentions (st21pv), with the paper's settings. Per entity, entity linking alone, over the mentions of
// another archive.
local linking = import '../../lib/linking/all.libsonnet';
linking.base + linking.corpora.medmentions('st21pv') + linking.architectures.pe_single + linking.paper {
  mention_detector:: linking.paths.runs + '/paper/st21pv_mentions/model.tar.gz',
}

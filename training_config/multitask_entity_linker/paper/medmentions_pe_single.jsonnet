// MedMentions (full), with the paper's settings. Per entity, entity linking alone, over the mentions of
// another archive.
local linking = import '../../lib/linking/all.libsonnet';
linking.base + linking.corpora.medmentions('full') + linking.architectures.pe_single + linking.paper {
  mention_detector:: linking.paths.runs + '/paper/medmentions_mentions/model.tar.gz',
}

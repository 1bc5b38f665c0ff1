// BC5CDR, with the paper's settings. Per entity, entity linking alone, over the mentions of another archive.
local linking = import '../../lib/linking/all.libsonnet';
linking.base + linking.corpora.bc5cdr_official + linking.architectures.pe_single + linking.paper {
  mention_detector:: linking.paths.runs + '/paper/bc5cdr_mentions/model.tar.gz',
}

// BC5CDR, train -> dev, with the embedded encoder. Per entity, entity linking alone, over the mentions of
// another archive (bc5cdr_mentions.jsonnet).
local linking = import '../lib/linking/all.libsonnet';
linking.base + linking.corpora.bc5cdr + linking.architectures.pe_single + linking.recipe {
  mention_detector:: linking.paths.runs + '/bc5cdr_mentions/model.tar.gz',
}

// BC5CDR, train -> dev, with the embedded encoder. Per entity, entity linking alone, over the mentions of
// another archive (bc5cdr_mentions.jsonnet).
local architectures = import '../lib/linking_architectures.libsonnet';
local base = import '../lib/multitask_entity_linker.libsonnet';
local corpora = import '../lib/linking_corpora.libsonnet';
local paths = import '../lib/paths.libsonnet';
local recipe = import '../lib/linking_recipe.libsonnet';

base + corpora.bc5cdr + architectures.pe_single + recipe {
  mention_detector:: paths.runs + '/bc5cdr_mentions/model.tar.gz',
}

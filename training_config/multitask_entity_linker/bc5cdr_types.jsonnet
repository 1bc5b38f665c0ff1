// BC5CDR, train -> dev, with the embedded encoder. Entity typing alone.
local architectures = import '../lib/linking_architectures.libsonnet';
local base = import '../lib/multitask_entity_linker.libsonnet';
local corpora = import '../lib/linking_corpora.libsonnet';
local recipe = import '../lib/linking_recipe.libsonnet';

base + corpora.bc5cdr + architectures.pt_single + recipe {
  tasks:: ['entity_typing'],
}

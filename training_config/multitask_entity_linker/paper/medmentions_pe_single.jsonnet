// MedMentions (full), with the paper's settings. Per entity, entity linking alone, over the mentions of another archive.
local architectures = import '../../lib/linking_architectures.libsonnet';
local base = import '../../lib/multitask_entity_linker.libsonnet';
local corpora = import '../../lib/linking_corpora.libsonnet';
local encoders = import '../../lib/encoders.libsonnet';
local paths = import '../../lib/paths.libsonnet';

base + corpora.medmentions('full') + architectures.pe_single {
  encoder:: encoders.scibert,
  mention_detector:: paths.runs + '/paper/medmentions_mentions/model.tar.gz',
}

// MedMentions (full), with the paper's settings. Mention recognition alone; its archive gives medmentions_pe_single.jsonnet
// its mentions.
local architectures = import '../../lib/linking_architectures.libsonnet';
local base = import '../../lib/multitask_entity_linker.libsonnet';
local corpora = import '../../lib/linking_corpora.libsonnet';
local encoders = import '../../lib/encoders.libsonnet';

base + corpora.medmentions('full') + architectures.pt_single {
  tasks:: ['mention_recognition'],
  encoder:: encoders.scibert,
}

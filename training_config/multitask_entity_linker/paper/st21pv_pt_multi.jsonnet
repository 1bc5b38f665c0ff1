// MedMentions (st21pv), with the paper's settings. Per token, three tasks side by side.
local architectures = import '../../lib/linking_architectures.libsonnet';
local base = import '../../lib/multitask_entity_linker.libsonnet';
local corpora = import '../../lib/linking_corpora.libsonnet';
local encoders = import '../../lib/encoders.libsonnet';

base + corpora.medmentions('st21pv') + architectures.pt_multi {
  encoder:: encoders.scibert,
}

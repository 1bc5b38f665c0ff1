// "CTD Dataset", full, with the paper's settings (supplementary): facts of CTD whose entities are
// among the first 250 candidates of some mention.
local base = import '../../lib/snerl/base.libsonnet';
local corpora = import '../../lib/snerl/corpora.libsonnet';

base + corpora.ctd

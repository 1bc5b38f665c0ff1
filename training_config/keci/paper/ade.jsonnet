// ADE as in the paper: SciBERT, Table 8, sizes of the released code; one fold of ten. The knowledge base is
// made of open vocabularies.
local base = import '../../lib/keci/base.libsonnet';
local corpora = import '../../lib/keci/corpora.libsonnet';
local encoders = import '../../lib/shared/encoders.libsonnet';

base + corpora.ade { encoder:: encoders.scibert, head_lr:: 1e-4 }

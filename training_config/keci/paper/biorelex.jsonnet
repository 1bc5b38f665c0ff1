// BioRelEx as in the paper: SciBERT, Table 8, sizes of the released code. The knowledge base is made of open
// vocabularies.
local base = import '../../lib/keci/base.libsonnet';
local corpora = import '../../lib/keci/corpora.libsonnet';
local encoders = import '../../lib/shared/encoders.libsonnet';

base + corpora.biorelex { encoder:: encoders.scibert }

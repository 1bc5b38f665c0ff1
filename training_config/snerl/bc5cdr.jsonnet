// SNERL on BC5CDR's chemical-induced diseases: a fifth of the training file is held out; scores are on the
// development file.
local base = import '../lib/snerl/base.libsonnet';
local corpora = import '../lib/snerl/corpora.libsonnet';
local recipe = import '../lib/snerl/recipe.libsonnet';

base + corpora.bc5cdr + recipe

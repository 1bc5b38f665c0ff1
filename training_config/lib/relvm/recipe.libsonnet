// Unsupervised training in 6,000 steps, for a CPU, instead of the paper's 400,000, to be added to
// lib/relvm/base.libsonnet. The sentences of some 15,000 abstracts do not last for more.
local settings = import '../shared/settings.libsonnet';
settings.layer({
  num_iterations:: 6000,
  iterations_per_epoch:: 500,
  lr:: 1e-3,  // falls to 0
  kl_annealing:: self.num_iterations,  // until the end: with less, z tells less of a sentence
  adaptive_cutoffs:: [500, 2000, 6000, 15000],
  bf16:: true,  // faster on CPUs that have bfloat16 too, where it takes more memory
  trainer+: {
    learning_rate_scheduler::: { type: 'linear_with_warmup', warmup_steps: 100 },
  },
})

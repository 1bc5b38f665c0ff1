// Unsupervised training in 6,000 steps, for a processor, instead of the paper's 400,000
// ones, to be added to lib/relvm/base.libsonnet: as far as the sentences of some 15,000 abstracts go.
{
  num_iterations:: 6000,
  iterations_per_epoch:: 500,
  lr:: 1e-3,  // falls to 0
  kl_annealing:: self.num_iterations,  // to the end: with less of it z says less of a sentence
  adaptive_cutoffs:: [500, 2000, 6000, 15000],
  bf16:: true,  // faster on processors that have it, too; takes more memory there
  trainer+: {
    learning_rate_scheduler::: { type: 'linear_with_warmup', warmup_steps: 100 },
  },
}

// Relations of mentions from a representation that had little unsupervised training
// (lib/relvm/recipe.libsonnet) or none, to be added to mention_relations.libsonnet. The learning rate of
// section 4.2, 1e-5, changes such a representation too little.
local settings = import '../shared/settings.libsonnet';
settings.layer({
  lr:: 1e-3,  // falls to 0
  trainer+: {
    learning_rate_scheduler::: {
      type: 'linear_with_warmup',
      warmup_steps: std.ceil($.num_iterations / 30),
    },
  },
})

// The training of every model, by the settings of its base: num_epochs, batch_size, encoder_lr, head_lr,
// warmup, weight_decay, seed, cuda_device.
{
  data_loader: {
    batch_sampler: { type: 'bucket', batch_size: $.batch_size, sorting_keys: ['words'] },
  },
  // Set explicitly, without shuffling: otherwise validation would draw from the random state of training.
  validation_data_loader: { batch_size: 2 * $.batch_size },
  trainer: {
    num_epochs: $.num_epochs,
    grad_norm: 1.0,  // Table A.2 of the joint NER and RE paper; KECI uses the same value
    validation_metric: '+overall',
    optimizer: {
      type: 'fused_adamw',
      lr: $.head_lr,
      weight_decay: $.weight_decay,
      // In distributed training, names begin with "module.". Families of encoders call a norm `LayerNorm`,
      // `layer_norm`, `input_layernorm`, `final_norm`.
      parameter_groups: [
        [['^(module\\.)?text_field_embedder\\.(?!.*(bias|[Nn]orm))'], { lr: $.encoder_lr }],
        [
          ['^(module\\.)?text_field_embedder\\..*(bias|[Nn]orm)'],
          { lr: $.encoder_lr, weight_decay: 0.0 },
        ],
        [['^(?!(module\\.)?text_field_embedder).*bias$'], { weight_decay: 0.0 }],
      ],
    },
    learning_rate_scheduler: { type: 'slanted_triangular', cut_frac: $.warmup },
    callbacks: [{ type: 'schedules' }, { type: 'exact_recovery' }],
    checkpointer: { type: 'atomic', keep_most_recent_by_count: 1 },
    run_confidence_checks: false,  // the hooks of these checks pile up when a run is recovered
    cuda_device: $.cuda_device,
  },
  include_in_archive: ['encoder'],
  random_seed: $.seed,
  numpy_seed: $.seed,
  pytorch_seed: $.seed,
}

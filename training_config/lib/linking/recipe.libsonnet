// The settings for training multi-task entity linkers with the embedded encoder, to be added to
// base.libsonnet. Each abstract is read whole and once, not as separate sentences with their contexts. In the
// first 100 abstracts of BC5CDR's training file this means 2.4 times fewer wordpieces.
local encoders = import '../shared/encoders.libsonnet';
local settings = import '../shared/settings.libsonnet';

settings.layer({
  encoder:: encoders.minilm { embedder+: { attention_dropout: 0.0 } },
  max_wordpieces:: 512,
  joined_wordpieces:: 480,
  // More than the number of BC5CDR's concepts, so there the softmax is over all of them.
  num_negatives:: 2000,
  link_threshold:: true,
  num_epochs:: 12,
  batch_size:: 4,
  encoder_lr:: 2e-4,
  head_lr:: if self.architecture == 'hierarchical' then 2e-3 else 1e-3,
  // In a hierarchy, linking reads the words and the BiLSTM of types. With a BiLSTM of its own on top, per
  // token, no link was right after three epochs of BC5CDR.
  top_encoder:: null,
})

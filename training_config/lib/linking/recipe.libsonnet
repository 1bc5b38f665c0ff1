// How the multi-task entity linkers with the embedded encoder are trained, to be added to
// base.libsonnet. Abstracts are read whole and once, not sentence by sentence,
// each in its context: 2.4 times fewer wordpieces in the first 100 of BC5CDR's training file.
local encoders = import '../shared/encoders.libsonnet';

{
  encoder:: encoders.minilm { embedder+: { attention_dropout: 0.0 } },
  max_wordpieces:: 512,
  joined_wordpieces:: 480,
  // More than BC5CDR has concepts: the softmax is over all of them there.
  num_negatives:: 2000,
  link_threshold:: true,
  num_epochs:: 12,
  batch_size:: 4,
  encoder_lr:: 2e-4,
  head_lr:: if self.architecture == 'hierarchical' then 2e-3 else 1e-3,
  // In a hierarchy, links are told from the words and from the BiLSTM of types. With a BiLSTM of
  // their own too, per token no link was right after three epochs of BC5CDR.
  top_encoder:: null,
}

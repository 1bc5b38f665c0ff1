// The settings for training SNERL with the embedded encoder, to be added to base.libsonnet. The model learns
// from the facts of documents and from the concepts that they name anywhere. The settings were chosen on
// BC5CDR (docs/results/snerl.md).
local encoders = import '../shared/encoders.libsonnet';
local settings = import '../shared/settings.libsonnet';

settings.layer({
  // The texts are whole abstracts, for which attention without dropout halves the time of a step.
  encoder:: encoders.minilm { embedder+: { attention_dropout: 0.0 } },
  num_epochs:: 10,
  batch_size:: 8,
  encoder_lr:: 2e-4,
  // 400 documents are too few to learn from how names look.
  candidate_score_weight:: 10.0,
  // Learning from facts alone makes links worse: links of entities that are in no fact become vague.
  entity_supervision:: 'mentions',
  entity_loss_weight:: 3.0,
  // At the rate of the other heads, links are learned by heart before facts are learned at all.
  linker_lr:: 2e-4,
  // No entity causes itself.
  model+: { with_same_entity: false, with_same_mention: false },
})

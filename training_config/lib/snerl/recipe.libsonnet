// How SNERL with the embedded encoder is trained, to be added to base.libsonnet. Learned from are the
// facts of documents, and which concepts they name anywhere. Chosen on BC5CDR (docs/results/snerl.md).
local encoders = import '../shared/encoders.libsonnet';

{
  // Whole abstracts: attention without dropout takes half the time of a step.
  encoder:: encoders.minilm { embedder+: { attention_dropout: 0.0 } },
  num_epochs:: 10,
  batch_size:: 8,
  encoder_lr:: 2e-4,
  // 400 documents are few to learn from what names look like.
  candidate_score_weight:: 10.0,
  // Learning facts alone makes links worse: those of entities that are in no fact become vague.
  entity_supervision:: 'mentions',
  entity_loss_weight:: 3.0,
  // At the rate of the other heads, links are learned by heart before facts are learned at all.
  linker_lr:: 2e-4,
  // Nothing causes itself.
  model+: { with_same_entity: false, with_same_mention: false },
}

// SNERL on BC5CDR's chemical-induced diseases: a fifth of the training file held out, scored on the
// development file. Learned from are the facts of documents, and which concepts they name anywhere.
local encoders = import '../lib/encoders.libsonnet';
local parts = import '../lib/parts.libsonnet';
local paths = import '../lib/paths.libsonnet';
local base = import '../lib/snerl.libsonnet';
local held_out = parts.held_out(paths.data + '/bc5cdr/CDR_TrainingSet.PubTator.txt.gz', 100);

base {
  // Whole abstracts: attention without dropout takes half the time of a step.
  encoder:: encoders.minilm { embedder+: { attention_dropout: 0.0 } },
  corpus:: { type: 'pubtator' },
  knowledge_base:: paths.knowledge_bases + '/mesh_ctd.sqlite',
  candidate_types:: { Chemical: ['Chemical'], Disease: ['Disease'] },
  train_data_path: held_out.train,
  validation_data_path: held_out.validation,
  test_data_path: paths.data + '/bc5cdr/CDR_DevelopmentSet.PubTator.txt.gz',
  evaluate_on_test: true,
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

// The paper's supervision: entities of facts are all that a document is known to be about.
(import '../bc5cdr.jsonnet') { entity_supervision:: 'facts', entity_loss_weight:: 0.1 }

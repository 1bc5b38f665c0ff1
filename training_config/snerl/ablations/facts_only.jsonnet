// The paper's supervision: only the entities of facts are known for a document.
(import '../bc5cdr.jsonnet') { entity_supervision:: 'facts', entity_loss_weight:: 0.1 }

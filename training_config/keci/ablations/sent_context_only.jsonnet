// Table 1, SentContextOnly; Table 4, without external knowledge.
(import '../biorelex.jsonnet') { knowledge_base:: null }

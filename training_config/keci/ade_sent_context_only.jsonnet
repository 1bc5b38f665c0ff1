// ADE without external knowledge: SentContextOnly.
(import 'ade.jsonnet') { knowledge_base:: null }

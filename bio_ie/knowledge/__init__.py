from bio_ie.knowledge import concept_embeddings

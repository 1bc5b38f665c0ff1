from bio_ie.data import corpora, dataset_readers, fields, samplers, token_indexers, tokenizers

from bio_ie.data import corpora, dataset_readers, fields, token_indexers, tokenizers

from bio_ie.data import corpora, dataset_readers, fields, pairs, samplers, token_indexers

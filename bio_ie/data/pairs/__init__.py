from bio_ie.data.pairs.pair_sentences import PairSentencesFormat

from bio_ie.text import tokenizers

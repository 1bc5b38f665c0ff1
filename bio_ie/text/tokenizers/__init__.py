"""Tokenizers, splitters of sentences, and alignment."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.text.tokenizers.alignment import Alignment, align_tokens
    from bio_ie.text.tokenizers.newline_sentence_splitter import NewlineSentenceSplitter
    from bio_ie.text.tokenizers.pysbd_sentence_splitter import PysbdSentenceSplitter
    from bio_ie.text.tokenizers.scispacy_rules import ScispacyRulesTokenizer
    from bio_ie.text.tokenizers.span_sentence_splitter import SpanSentenceSplitter
else:
    __getattr__ = lazy_exports(__name__)

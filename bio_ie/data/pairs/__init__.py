"""Sentences with pairs of entities, for RELVM."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.data.pairs.pair_sentences import PairSentencesFormat
else:
    __getattr__ = lazy_exports(__name__)

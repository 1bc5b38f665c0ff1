"""Documents, sentences, words and tokenizers."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.text import tokenizers
else:
    __getattr__ = lazy_exports(__name__)

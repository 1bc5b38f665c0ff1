"""The formats of corpora."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if not TYPE_CHECKING:
    __getattr__ = lazy_exports(__name__)

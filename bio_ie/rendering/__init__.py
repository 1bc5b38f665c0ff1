"""Shows documents as a web page."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.rendering.page import render
else:
    __getattr__ = lazy_exports(__name__)

__all__ = ["render"]

"""Shows documents as a web page."""

from bio_ie.rendering.page import render

__all__ = ["render"]

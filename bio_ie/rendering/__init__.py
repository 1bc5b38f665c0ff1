"""Documents as a web page, for people to look at."""

from bio_ie.rendering.page import render

__all__ = ["render"]

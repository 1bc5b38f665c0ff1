"""Shows a document in a notebook."""

from html import escape

from bio_ie.rendering.page import render
from bio_ie.text.document import Document

_CHARACTERS_PER_LINE = 90
_PIXELS_PER_LINE = 44
_PIXELS_AROUND = 150
_MOST_PIXELS = 640


def document_html(document: Document) -> str:
    """A frame with the page of a document. What is in it cannot change the notebook around it."""
    lines = sum(1 + len(line) // _CHARACTERS_PER_LINE for line in document.text.split("\n"))
    items = len(document.relations) + len(document.facts)
    height = _PIXELS_AROUND + _PIXELS_PER_LINE * (lines + items // 2)
    page = render([document], title=document.id, documents_alone=True)
    return (
        f'<iframe srcdoc="{escape(page)}" sandbox="allow-scripts" title="{escape(document.id)}" '
        f'style="width: 100%; height: {min(height, _MOST_PIXELS)}px; border: 0"></iframe>'
    )

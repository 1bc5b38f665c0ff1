"""What a notebook shows."""

import html
import re

from bio_ie.rendering import render
from bio_ie.text.document import Document, Mention


def test_a_document_shows_its_page_in_a_frame():
    document = Document('a "b"', "Rash after <aspirin>.", mentions=[Mention("T1", 0, 4, "Effect")])
    shown = document._repr_html_()
    (page,) = re.findall(r'<iframe srcdoc="([^"]*)" sandbox="allow-scripts"', shown)
    assert html.unescape(page) == render([document], title='a "b"', documents_alone=True)
    assert 'class="plain alone"' in html.unescape(page)


def test_a_long_document_is_not_shown_in_its_full_height():
    def height(text):
        return int(re.search(r"height: (\d+)px; border: 0", Document("1", text)._repr_html_())[1])

    assert height("a") < height("a" * 300) < height("a" * 10_000) == height("a" * 100_000)

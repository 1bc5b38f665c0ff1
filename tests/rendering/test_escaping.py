from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from bio_ie.rendering.escaping import escape


class _Collector(HTMLParser):
    def __init__(self):
        super().__init__()
        self.data = ""
        self.value = None

    def handle_data(self, data):
        self.data += data

    def handle_starttag(self, tag, attrs):
        assert tag == "p"
        ((name, self.value),) = attrs
        assert name == "title"


@given(st.text())
def test_any_text_survives_as_content_and_as_attribute_value(text):
    collector = _Collector()
    collector.feed(f'<p title="{escape(text)}">{escape(text)}</p>')
    collector.close()
    assert collector.data == collector.value
    assert len(collector.data) == len(text)
    shown = [c for c in zip(text, collector.data, strict=True) if c[0] != c[1]]
    assert all(new == "\ufffd" or "\u2400" <= new <= "\u2421" for _, new in shown)


def test_control_characters_are_pictured_and_layout_is_kept():
    assert escape("a\x00b\x1bc\x7fd\r") == "a␀b␛c␡d␍"
    assert escape("a\tb\nc\u2028") == "a\tb\nc\u2028"


def test_lone_surrogates_and_noncharacters_do_not_break_the_encoding():
    assert escape("\ud800\udfff\ufffe\U0010ffff\x85").encode() == ("\ufffd" * 5).encode()
    assert escape("😀é") == "😀é"

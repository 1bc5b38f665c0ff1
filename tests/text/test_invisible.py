import re
import sys
import unicodedata

import pytest

from bio_ie.text.invisible import INVISIBLE, WHITE_SPACE, is_visible, visible_spans

SEEN = {"\u00a0": False, "a": True, "\u0301": True, "\u0600": True, "\u200b": False, "\x00": False}
DRAWN = {"ARABIC", "SYRIAC", "KAITHI", "EGYPTIAN"}
"""The scripts that have format characters that are drawn."""


def test_ranges_hold_the_characters_that_they_say() -> None:
    find_invisible, find_space = (
        re.compile(f"[{set_}]").match for set_ in (INVISIBLE, WHITE_SPACE)
    )
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        category = unicodedata.category(character)
        assert bool(find_space(character)) == character.isspace()
        if category == "Cc":
            assert bool(find_invisible(character)) != character.isspace()
        elif find_invisible(character):
            assert category in ("Cf", "Mn", "Lo", "Cn")
        elif category == "Cf":
            assert unicodedata.name(character).split()[0] in DRAWN


def test_control_characters_and_marks_of_no_width_are_not_visible() -> None:
    for character, seen in SEEN.items():
        assert is_visible(character) == seen
    marks = "\x00\x07\x1b\x7f\u200b\u200c\u200d\ufeff\xad\u200e\u200f\u202a\u2069\ufe0f"
    assert not any(map(is_visible, marks))
    assert not is_visible("")


@pytest.mark.parametrize(
    "text, spans, expected",
    [
        ("ab c", [(0, 2), (3, 4)], [(0, 2), (3, 4)]),
        ("\u200bab\x00 c\xadd", [(0, 4), (5, 8)], [(1, 3), (5, 8)]),
        ("\u200b \xad", [(0, 1), (1, 2), (2, 3), (0, 3), (2, 2)], []),
        ("ab\u200b c", [(0, 3), (3, 4), (4, 5)], [(0, 2), (4, 5)]),
        # A corpus's own words may end in white space.
        ("ab  c", [(0, 3), (4, 5)], [(0, 3), (4, 5)]),
    ],
)
def test_spans_begin_and_end_with_what_is_visible(text, spans, expected) -> None:
    assert visible_spans(text, spans) == expected

import time

import pytest

from bio_ie.text.spelling import is_other_spelling


@pytest.mark.parametrize(
    ("spelling", "text"),
    [
        ("TNF-a", "TNF-α"),
        ("TNF-alpha", "TNF-α"),
        ("TNF-α", "TNF-alpha"),
        ("NF-kappa B", "NF-κB"),
        ("TARM‐2‑X", "TARM-2-X"),
        ("5 uM", "5 µM"),
        ("p<0.05", "p &lt; 0.05"),
        ("naive Sjoren", "naïve Sjören"),
        ("ache >= 3", "ache ≥ 3"),
        ("orvexin s", "orvexin\u00a0s"),
        ("orvexin", "orve\u200bxin"),
        ("Harrow's", "Harrow’s"),
        ("fibrin", "ﬁbrin"),
        ("Ca2+", "Ca²⁺"),
        ("TNF-Alpha", "TNF-α"),
        ("Delta9", "Δ9"),
        ("D9", "Δ9"),
        ("Oersted", "Ørsted"),
        ("fuss", "fuß"),
        ("zelo?is", "zeloσis"),
        ("café", "cafe\u0301"),
    ],
)
def test_same_text_in_other_characters(spelling: str, text: str) -> None:
    assert is_other_spelling(spelling, text)


@pytest.mark.parametrize(
    ("spelling", "text"),
    [
        ("TNF-b", "TNF-α"),
        ("zelosis", "zelosis 2"),
        ("zelosis", "zalosis"),
        ("Zelosis", "zelosis"),
        ("zelosis", "zelosis "),
        ("TNF-A", "TNF-α"),
        ("zelo?is", "zelosis"),
        ("", "ache"),
        ("ache", "\u200b"),
        ("D1", "D2"),
    ],
)
def test_another_text(spelling: str, text: str) -> None:
    assert not is_other_spelling(spelling, text)


def test_long_texts_that_almost_agree_take_no_time() -> None:
    started = time.perf_counter()
    assert not is_other_spelling("aö" * 200 + "!", "αö" * 200)
    assert time.perf_counter() - started < 1

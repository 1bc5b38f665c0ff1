import pytest
from hypothesis import given
from hypothesis import strategies as st

from bio_ie.knowledge import normalize_name


@pytest.mark.parametrize(
    ("name", "normalized"),
    [
        ("Lumen  Inflammation", "lumen inflammation"),
        ("Inflammation, Lumen-type (acute)", "inflammation lumen type acute"),
        ("under_scored\tand\nbroken", "under scored and broken"),
        ("  'Padded'  ", "padded"),
        ("Luménite", "lumenite"),
        ("Lume\u0301nite", "lumenite"),
        ("β-Zolamin", "β zolamin"),
        ("ΑΒΓ", "αβγ"),
        ("inﬂamed²", "inflamed2"),
        ("+/-", ""),
        ("", ""),
    ],
)
def test_case_punctuation_and_accents_do_not_matter(name: str, normalized: str) -> None:
    assert normalize_name(name) == normalized


@given(st.text())
def test_normalizing_twice_changes_nothing(name: str) -> None:
    assert normalize_name(normalize_name(name)) == normalize_name(name)

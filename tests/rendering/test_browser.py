"""Opens the page in a real browser: its script runs and draws. Skipped without a browser."""

import os
import shutil
import subprocess

import pytest

from bio_ie.rendering import render
from bio_ie.text.document import Document, Mention, Relation
from tests.rendering.parsed_page import Element, parse

BROWSERS = ("chromium", "chromium-browser", "google-chrome")

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1000,900",
    "--virtual-time-budget=2000",
    "--dump-dom",
)


def open_in_browser(page: str, tmp_path) -> Element:
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is on PATH")
    path = tmp_path / "page.html"
    path.write_text(page, encoding="utf-8")
    profile = f"--user-data-dir={tmp_path / 'profile'}"
    result = subprocess.run(
        [browser, *FLAGS, profile, path.as_uri()],
        capture_output=True,
        timeout=60,
        env={**os.environ, "HOME": str(tmp_path)},
    )
    if not result.stdout.strip():
        pytest.skip(f"{browser} does not start here: {result.stderr.decode()[-200:]}")
    return parse(result.stdout.decode())


def test_arcs_are_drawn_between_the_right_mentions_after_astral_characters(tmp_path):
    text = "😀 <script>document.title = 'run'</script> Zolpimab caused a rash. " + "Word " * 200
    start, rash = text.index("Zolpimab"), text.index("rash")
    document = Document(
        "d",
        text + "Rash",
        mentions=(
            Mention("a", start, start + 8, "Drug"),
            Mention("b", rash, rash + 4, "Effect"),
            Mention("c", len(text), len(text) + 4, "Effect"),
        ),
        relations=(
            Relation("causes", "a", "b"),
            Relation("same_as", "b", "c", directed=False),
        ),
    )
    page = open_in_browser(render([document], title="kept"), tmp_path)
    assert page.one("title").text == "kept"
    card = page.one("article")
    assert [mark.text for mark in card.all("mark")] == ["Zolpimab", "rash", "Rash"]
    assert [label.text for label in card.one("svg", "arcs").all("text")] == ["causes", "same_as"]
    # The directed relation has an arrow tip; the other ends have dots.
    assert len(card.all("path", "tip")) == 1
    assert len(card.all("circle")) == 3


def test_a_right_mention_is_counted_and_a_relation_without_gold_mention_is_wrong(tmp_path):
    mentions = (Mention("a", 0, 1, "T", score=0.5), Mention("b", 2, 3, "T", score=0.5))
    predicted = Document("d", "x y", mentions=mentions, relations=(Relation("r", "a", "b", 0.5),))
    missed = Mention("c", 0, 3, "T")
    gold = Document("d", "x y", mentions=(mentions[0], missed))
    page = open_in_browser(render([predicted], [gold]), tmp_path)
    assert [label.text for label in page.one("svg", "arcs").all("text")] == ["✗ r"]
    # The script calculates the same counts as Python did.
    cells = page.one("table", "scores").one("tbody").all("tr")[0].all("td")
    assert [cell.text for cell in cells] == ["50.0", "50.0", "50.0", "1", "1", "1"]
    assert page.one("section", "legend", "mentions").one("button").text == "T2"

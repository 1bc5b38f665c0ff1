import base64
import hashlib
import re

import pytest

from bio_ie.files.failures import Failure
from bio_ie.rendering import render
from bio_ie.rendering.legend import COLOURS
from bio_ie.text.document import Document, Fact, Mention, Passage, Relation
from tests.rendering.parsed_page import marked_text, parse, pieces

TEXT = "Rash after zolpimab\n😀 Zolpimab, given daily, caused a severe rash."


def mention(identifier, text, type_, occurrence=0, **extra):
    starts = [match.start() for match in re.finditer(re.escape(text), TEXT)]
    start = starts[occurrence]
    return Mention(identifier, start, start + len(text), type_, **extra)


DOCUMENT = Document(
    "case 1",
    TEXT,
    passages=(Passage("title", 0, 19), Passage("abstract", 20, len(TEXT))),
    mentions=(
        mention("T1", "zolpimab", "Drug", score=0.9, concept_ids=("C1", "C2")),
        mention("T2", "Zolpimab", "Drug", score=0.8, entity_id="e"),
        mention("T3", "severe rash", "Effect", score=0.7, entity_id="e"),
        mention("T4", "rash", "Sign", score=0.123456),
    ),
    relations=(
        Relation("causes", "T2", "T3", 0.6),
        Relation("same_as", "T1", "T2", directed=False),
    ),
    facts=(Fact("induces", "C1", "C9", 0.4),),
)


def test_a_page_shows_passages_mentions_relations_and_facts():
    page = parse(render([DOCUMENT], title="My page"))
    assert page.one("title").text == "My page"
    card = page.one("article")
    assert [p.attributes["data-p"] for p in card.all("p", "passage")] == ["title", "abstract"]
    assert "".join(p.text for p in card.all("p", "passage")) == TEXT.replace("\n", "")
    assert [marked_text(card, i) for i in range(4)] == [
        ["zolpimab"],
        ["Zolpimab"],
        ["severe rash"],
        ["rash"],
    ]
    assert [pieces(card, i)[0].attributes["data-l"] for i in range(4)] == [
        "Drug",
        "Drug",
        "Effect",
        "Sign",
    ]
    relations = card.one("details", "relations").all("li")
    assert [r.text for r in relations] == [
        "Zolpimab causes severe rash 0.60",
        "zolpimab same_as Zolpimab",
    ]
    assert (relations[0].attributes["data-h"], relations[0].attributes["data-t"]) == ("1", "2")
    assert ["data-undirected" in r.attributes for r in relations] == [False, True]
    assert card.one("details", "facts").one("li").text == "zolpimab C1 induces C9 0.40"


def test_scores_and_concepts_are_told_on_pointing():
    card = parse(render([DOCUMENT])).one("article")
    title = pieces(card, 0)[0].attributes["title"].split("\n")
    assert title == ["Drug", "score 0.900", "concept C1 | C2", "characters 11-19"]
    assert pieces(card, 3)[0].attributes["data-s"] == "0.123"


def test_a_shared_entity_is_marked_on_all_its_mentions_alone():
    card = parse(render([DOCUMENT])).one("article")
    entities = [pieces(card, i)[0].attributes.get("data-e") for i in range(4)]
    assert entities == [None, "0", "0", None]


def test_the_legend_counts_types_commonest_first():
    legend = parse(render([DOCUMENT])).one("section", "legend", "mentions")
    buttons = legend.all("button")
    assert [b.text for b in buttons] == ["Drug2", "Effect1", "Sign1"]
    card = parse(render([DOCUMENT])).one("article")
    assert buttons[0].attributes["data-hides"] in pieces(card, 0)[0].classes


def test_more_types_than_colours_differ_in_line_pattern():
    mentions = tuple(Mention(str(i), 0, 4, f"type {i:02}") for i in range(2 * COLOURS))
    card = parse(render([Document("d", "text", mentions=mentions)])).one("article")
    looks = {tuple(c for c in pieces(card, i)[0].classes if c[0] in "cp") for i in range(16)}
    assert len(looks) == 2 * COLOURS


def test_gold_gives_verdicts_and_scores():
    gold = Document(
        "case 1",
        TEXT,
        mentions=(DOCUMENT.mentions[0], DOCUMENT.mentions[1], mention("G", "daily", "Dose")),
    )
    page = parse(render([DOCUMENT], gold=[gold]))
    card = page.one("article")
    states = ["right", "right", "wrong", "wrong", "missed"]
    assert [set(pieces(card, i)[0].classes) & {"right", "wrong", "missed"} for i in range(5)] == [
        {state} for state in states
    ]
    row = next(r for r in page.one("table", "scores").all("tr") if "data-kind" in r.attributes)
    assert [cell.text for cell in row.all("td")] == ["50.0", "66.7", "57.1", "2", "2", "1"]
    chip = card.all("li", "judged")[0]
    assert chip.text == "mentions 2 2 1 F1 57.1"
    summary = [d.text for d in page.one("dl", "summary").all("div")]
    assert "mentions4" in summary  # predicted items, not missed ones


def test_failures_are_shown():
    page = parse(render([Failure("case <2>", "IndexError: <b>"), Failure(None, "no text")]))
    cards = page.all("article")
    assert [card.one("p", "failure").text for card in cards] == [
        "Prediction failed IndexError: <b>",
        "Prediction failed no text",
    ]
    assert cards[0].one("h2").text == "case <2>"
    assert page.one("div", "failed").text == "failed2"


ATTACKS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "\"'><img src=x onerror=alert(1)>",
    "</style><script>alert(1)</script>",
    "</title><script>alert(1)</script>",
    "--><!-- <![CDATA[ $script ${style} $$",
    "a\u2028b\u2029c",
    "a\x00b\x08c\ud800d",
    "\u202eשלום العربية",
    "&lt;b&gt; &amp;lt; &#60;",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_of_a_document_becomes_markup(attack):
    def document(word):
        mentions = (
            Mention(word + "1", 0, len(word), word, (word,), word, score=0.5),
            Mention(word + "2", 0, len(word), "other", (), word),
        )
        relation = Relation(word, mentions[0].id, mentions[1].id, 0.5)
        facts = (Fact(word, word, word, 0.5),)
        passages = (Passage(word, 0, len(word)),)
        return Document(word, word, passages, (), (), mentions, (relation,), facts)

    def skeleton(word):
        gold = Document(word, word, mentions=(Mention("g", 0, len(word), word + "g"),))
        text = render([document(word), Failure(word + "f", word)], [gold], title=word)
        text.encode()
        page = parse(text)
        shape = [(e.tag, sorted(e.attributes)) for e in page.walk()]
        return shape, [e.text for e in page.all("script") + page.all("style")]

    assert skeleton(attack) == skeleton("harmless")


def test_the_page_needs_nothing_else_and_runs_no_script_but_its_own():
    page = render([DOCUMENT])
    root = parse(page)
    script = root.one("script").text
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    (policy,) = [
        m.attributes["content"]
        for m in root.all("meta")
        if m.attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert "default-src 'none'" in policy
    assert f"script-src 'sha256-{digest}'" in policy
    for element in root.walk():
        assert not {"src", "srcset", "action", "data"} & element.attributes.keys()
        assert element.attributes.get("href", "#").startswith("#")
        assert not any(name.startswith("on") for name in element.attributes)
    assert "url(" not in page
    assert "@import" not in page


def test_every_link_and_label_has_its_target():
    root = parse(render([DOCUMENT, DOCUMENT], gold=[DOCUMENT]))
    ids = [e.attributes["id"] for e in root.walk() if "id" in e.attributes]
    assert len(ids) == len(set(ids))
    for element in root.walk():
        if "href" in element.attributes:
            assert element.attributes["href"][1:] in ids
        if "for" in element.attributes:
            assert element.attributes["for"] in ids


def test_scores_of_any_size_have_a_place_in_the_histogram():
    mentions = [
        mention(f"T{number}", "rash", "Sign", score=score)
        for number, score in enumerate((-3.5, 0.5, 1e308))
    ]
    page = render([Document("d", TEXT, mentions=tuple(mentions))])
    assert page.count('<i style="height:100%">') == 3


def test_the_threshold_is_there_only_for_scored_documents():
    assert parse(render([DOCUMENT])).all("section", "threshold")
    assert not parse(render([Document("d", "t", mentions=(Mention("m", 0, 1, "T"),))])).all(
        "section", "threshold"
    )


def test_no_documents_make_a_page_too():
    page = parse(render([]))
    assert page.all("article") == []
    assert page.one("div", "documents").text == "documents0"


def test_rendering_is_deterministic():
    assert render([DOCUMENT], [DOCUMENT]) == render([DOCUMENT], [DOCUMENT])


def test_a_mention_says_what_concepts_a_model_weighed():
    concepts = [
        {"id": f"C{n}", "name": f'"<{n}>"', "semantic_types": ["X"], "weight": 0.5 / 2**n}
        for n in range(7)
    ]
    read = mention("T1", "zolpimab", "Drug", metadata={"sentinel": 0.01, "concepts": concepts})
    initial = {"mentions": [read.__dict__], "relations": []}
    document = Document("1", TEXT, mentions=(read,), metadata={"initial_graph": initial})
    card = parse(render([document])).one("article")
    title = pieces(card, 0)[0].attributes["title"].split("\n")
    assert title[1:3] == ['0.50 "<0>" (C0)', '0.25 "<1>" (C1)']
    assert len(title) == 7


@pytest.mark.parametrize("concepts", ["C1", 5, None, {"a": 1}, ["C1"], [{"weight": "much"}], [{}]])
def test_other_metadata_called_concepts_is_let_be(concepts):
    document = Document(
        "1", TEXT, mentions=(mention("T1", "zolpimab", "Drug", metadata={"concepts": concepts}),)
    )
    card = parse(render([document])).one("article")
    title = pieces(card, 0)[0].attributes["title"].split("\n")
    assert title == ["Drug", "characters 11-19"]

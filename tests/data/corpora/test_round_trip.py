"""Writes documents and reads them again: nothing that the format can hold is lost, and the rest is
counted."""

import re
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import List, Tuple

import bioc
import pytest
from bioc import biocjson
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from bio_ie.data.corpora import CorpusFormat
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.text.document import Document, Fact, Mention, Passage
from tests.data.corpora.documents import (
    PRINTABLE,
    WORD,
    by_id,
    documents,
    renamed,
    without,
)

FILES = {
    "jsonl": "x.jsonl",
    "pubtator": "x.txt",
    "bioc_xml": "x.xml.gz",
    "bioc_json": "x.json",
    "brat": "x",
}

UNHELD = {
    "pubtator": [
        "sentences",
        "tokens",
        "relations",
        "mention.entity_id",
        "mention.fragments",
        "mention.score",
        "fact.score",
    ],
    "brat": ["passages", "sentences", "tokens", "facts", "mention.score", "relation.score"],
}

XML = st.characters(
    codec="utf-8", exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"
).filter(lambda character: character >= " " or character in "\t\n\r")

fast = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def written_and_read(name: str, given: List[Document]) -> Tuple[List[Document], CorpusReport]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / FILES[name]
        report = CorpusFormat.by_name(name)().write(given, path)
        return list(CorpusFormat.by_name(name)().read(path)), report


@fast
@given(documents())
def test_jsonl_holds_everything(document: Document) -> None:
    (back,), report = written_and_read("jsonl", [document])
    assert back == document
    assert not report.lost


@pytest.mark.parametrize("name", ["bioc_xml", "bioc_json"])
def test_bioc_holds_everything_but_tokens_and_sentences_across_passages(name: str) -> None:
    @fast
    @given(documents(XML) if name == "bioc_xml" else documents())
    def check(document: Document) -> None:
        (back,), report = written_and_read(name, [document])
        crossing = report.lost.pop("sentences across passages cannot be written", 0)
        assert report.lost.pop("tokens cannot be written", 0) == len(document.tokens)
        assert not report.lost
        assert set(back.sentences) <= set(document.sentences)
        assert len(back.sentences) + crossing == len(document.sentences)
        ignored = ("tokens", "sentences")
        assert by_id(without(back, *ignored)) == by_id(without(document, *ignored))
        undirected = [
            {relation.head, relation.tail}
            for relation in document.relations
            if not relation.directed
        ]
        assert [r for r in back.relations if r.directed] == [
            r for r in document.relations if r.directed
        ]
        assert undirected == [{r.head, r.tail} for r in back.relations if not r.directed]

    check()


@fast
@given(documents())
def test_xml_replaces_forbidden_characters_one_by_one_and_counts_them(document: Document) -> None:
    forbidden = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
    ids = [forbidden.sub("\ufffd", mention.id) for mention in document.mentions]
    assume(len(set(ids)) == len(ids))
    (back,), report = written_and_read("bioc_xml", [document])
    assert back.text == forbidden.sub("\ufffd", document.text)
    value = document.to_json()
    for mention in value.get("mentions", ()):
        del mention["text"]  # the normalised form has the document's text again
    count = sum(len(forbidden.findall(part)) for part in _strings(value))
    assert report.lost["characters that XML forbids"] == count


def _strings(value: object) -> List[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [part for item in value.items() for half in item for part in _strings(half)]
    return [part for item in value for part in _strings(item)] if isinstance(value, list) else []


@st.composite
def pubtator_documents(draw: st.DrawFn) -> Document:
    """Documents that PubTator can hold: a title, an abstract, mentions with single-line types."""
    title, abstract = (draw(st.text(PRINTABLE, max_size=20)) for _ in range(2))
    text = f"{title}\n{abstract}" if abstract else title
    places = [("title", 0, len(title)), ("abstract", len(title) + 1, len(text))]
    ids = st.lists(WORD.filter(lambda word: word not in ("-", "-1")), max_size=3)
    mentions = []
    for number in range(draw(st.integers(0, 4)) if text else 0):
        start = draw(st.integers(0, len(text) - 1))
        end = draw(st.integers(start + 1, len(text)))
        concept_ids = tuple(draw(ids))
        notation = draw(st.sampled_from(["", "UMLS:"])) + ",".join(concept_ids)
        # "a|A|0" would be a sequence variant, which is one id. So three such ids are written with
        # commas in any case.
        is_usual = len(concept_ids) < 2 or re.match(r"[a-z]\|[A-Z]*\|", "|".join(concept_ids))
        metadata = draw(
            st.sampled_from([None, {"names": ["a b", "c"]}])
            if is_usual and not notation.startswith("UMLS:")
            else st.just({"identifier": notation if concept_ids else ""})
        )
        mentions.append(
            Mention(f"T{number + 1}", start, end, draw(WORD), concept_ids, metadata=metadata)
        )
    argument = WORD.filter(lambda word: word not in ("-", "-1"))
    relation_type = WORD.map(lambda word: "r" + word)
    return Document(
        draw(st.from_regex(r"[1-9][0-9]{0,7}", fullmatch=True)),
        text,
        tuple(Passage(*place) for place in places if place[1] < place[2]),
        mentions=tuple(mentions),
        facts=tuple(
            Fact(*fact, metadata=draw(st.sampled_from([None, {"novel": "Novel"}])))
            for fact in draw(st.lists(st.tuples(relation_type, argument, argument), max_size=2))
        ),
    )


@fast
@given(st.lists(pubtator_documents(), min_size=1, max_size=3, unique_by=lambda d: d.id))
def test_pubtator_loses_nothing_it_can_hold(given: List[Document]) -> None:
    back, report = written_and_read("pubtator", given)
    assert back == given
    assert not report.lost


@fast
@given(documents())
def test_pubtator_counts_what_it_cannot_hold(document: Document) -> None:
    (back,), report = written_and_read("pubtator", [document])
    unwritten = report.lost["mention cannot be written"]
    assert len(back.mentions) == len(document.mentions) - unwritten
    assert len(back.facts) == len(document.facts) - report.lost["fact cannot be written"]
    assert len(back.text) <= len(document.text)
    for name in UNHELD["pubtator"]:
        layer, _, part = name.partition(".")
        reason = f"{part} of a {layer}" if part else layer
        stripped = without(document, name)
        assert bool(report.lost[f"{reason} cannot be written"]) == (stripped != document)


@fast
@given(documents(PRINTABLE, WORD))
def test_brat_loses_nothing_it_can_hold(document: Document) -> None:
    (back,), report = written_and_read("brat", [document])
    held = without(document, *UNHELD["brat"], "metadata", "mention.metadata", "relation.metadata")
    held = replace(held, relations=[replace(r, directed=True) for r in held.relations])
    assert renamed(back) == renamed(held)
    undirected = sum(not relation.directed for relation in document.relations)
    assert report.lost["direction of a relation cannot be written"] == undirected
    for name in UNHELD["brat"]:
        layer, _, part = name.partition(".")
        reason = f"{part} of a {layer}" if part else layer
        stripped = without(document, name)
        assert bool(report.lost[f"{reason} cannot be written"]) == (stripped != document)


@fast
@given(documents())
def test_brat_keeps_text_and_offsets_of_any_document(document: Document) -> None:
    (back,), _ = written_and_read("brat", [document])
    assert back.text == document.text
    assert [(m.span, m.fragments) for m in back.mentions] == [
        (m.span, m.fragments) for m in document.mentions
    ]
    assert len(back.relations) == len(document.relations)


@pytest.mark.parametrize("name", ["bioc_xml", "bioc_json"])
def test_written_bioc_is_valid_for_its_library(name: str, tmp_path: Path) -> None:
    @fast
    @given(documents(PRINTABLE, WORD))
    def check(document: Document) -> None:
        path = tmp_path / f"x.{name}"
        CorpusFormat.by_name(name)().write([document], path)
        if name == "bioc_xml":
            with open(path, "rb") as file:
                collection = bioc.load(file)
        else:
            collection = biocjson.loads(path.read_text(encoding="utf-8"))
        bioc.validate(collection)

    check()


@pytest.mark.parametrize("name", FILES)
def test_no_document_at_all_can_be_written(name: str, tmp_path: Path) -> None:
    report = CorpusFormat.by_name(name)().write([], tmp_path / FILES[name])
    assert report.documents == 0
    assert (tmp_path / FILES[name]).exists()

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bio_ie.data.corpora import SpertFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.text.document import Document, Mention, Relation
from tests.data.corpora.broken_files import (
    broken_files,
    broken_json,
    check_only_corpus_errors,
    steady,
)

SENTENCE = {
    "tokens": ["Mira", "Tollen", "left", "Harrow", "."],
    "entities": [{"type": "Peop", "start": 0, "end": 2}, {"type": "Loc", "start": 3, "end": 4}],
    "relations": [{"type": "Live_In", "head": 0, "tail": 1}],
    "orig_id": 3,
}


def read_back(documents):
    """The documents after they are written to a file and read again, and what was lost."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "written.json"
        report = SpertFormat().write(documents, path)
        return list(SpertFormat().read(path)), report


def test_text_is_the_tokens_joined_by_a_space(fixtures_folder):
    first, empty, last = SpertFormat().read(fixtures_folder / "corpora/spert/sentences.json")
    assert first.text == "Mira Tollen founded Quillworks in Harrow Bay ."
    assert [first.text_of(mention) for mention in first.mentions] == [
        "Mira Tollen", "Quillworks", "Harrow Bay"
    ]  # fmt: skip
    assert [first.text[start:end] for start, end in first.tokens] == first.text.split()
    assert first.relations[1] == Relation("OrgBased_In", "T2", "T3")
    assert empty.mentions == ()
    assert last.metadata == {"orig_id": 7, "source": "diary"}


def test_a_repeated_id_is_told_apart_with_one_warning(fixtures_folder, caplog):
    documents = list(SpertFormat().read(fixtures_folder / "corpora/spert/sentences.json"))
    assert [document.id for document in documents] == ["7", "8", "7#2"]
    assert len([record for record in caplog.records if record.levelname == "WARNING"]) == 1


def test_a_sentence_without_id_gets_its_number(tmp_path):
    path = tmp_path / "plain.json"
    items = [{**SENTENCE}, {**SENTENCE, "orig_id": "named"}, {**SENTENCE}]
    for item in (items[0], items[2]):
        del item["orig_id"]
    path.write_text(json.dumps(items))
    assert [document.id for document in SpertFormat().read(path)] == ["0", "named", "2"]


@pytest.mark.parametrize("name", ["corpora/spert/sentences.json"])
def test_writing_gives_the_file_back(fixtures_folder, tmp_path, name):
    path = fixtures_folder / name
    report = SpertFormat().write(SpertFormat().read(path), tmp_path / "again.json")
    assert json.loads((tmp_path / "again.json").read_text()) == json.loads(path.read_text())
    assert not report.lost


def test_tokens_are_split_where_a_mention_begins_or_ends_inside_one():
    document = Document(
        "a",
        "drug-induced  rash",
        mentions=(Mention("x", 0, 4, "Drug"), Mention("y", 5, 18, "Effect")),
        relations=(Relation("causes", "x", "y"),),
    )
    (read,), report = read_back([document])
    assert [read.text[start:end] for start, end in read.tokens] == ["drug", "-", "induced", "rash"]
    assert [read.text_of(mention) for mention in read.mentions] == ["drug", "induced rash"]
    assert read.relations == (Relation("causes", "T1", "T2"),)
    assert dict(report.lost) == {"spacing of texts": 1}


def test_what_the_format_cannot_hold_is_counted():
    document = Document(
        "a",
        "old  pox",
        sentences=((0, 8),),
        tokens=((0, 3),),
        mentions=(
            Mention("x", 0, 4, "A", concept_ids=("c", "d"), score=0.5),
            Mention("y", 5, 8, "B", entity_id="e"),
        ),
        relations=(Relation("r", "x", "y", directed=False),),
        metadata={"kept": 1, "tokens": 2},
    )
    (read,), report = read_back([document])
    assert read.text == "old"
    assert [read.text_of(mention) for mention in read.mentions] == ["old"]
    assert read.metadata == {"kept": 1}
    assert dict(report.lost) == {
        "ends of mentions outside the tokens": 1,
        "mentions without a token": 1,
        "relations of mentions without a token": 1,
        "text outside the tokens": 1,
        "sentences cannot be written": 1,
        "concept_ids of a mention cannot be written": 1,
        "entity_id of a mention cannot be written": 1,
        "score of a mention cannot be written": 1,
        "undirected relations are written as directed": 1,
        "metadata of a document cannot be written": 1,
    }


@st.composite
def documents(draw):
    token = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=4)
    tokens = draw(st.lists(token, min_size=1, max_size=6))
    spans, start = [], 0
    for text in tokens:
        spans.append((start, start + len(text)))
        start += len(text) + 1
    mentions = []
    for number in range(draw(st.integers(0, 4))):
        first = draw(st.integers(0, len(spans) - 1))
        last = draw(st.integers(first, len(spans) - 1))
        type_ = draw(st.sampled_from(["A", "B"]))
        mentions.append(Mention(f"T{number + 1}", spans[first][0], spans[last][1], type_))
    relations = st.builds(
        Relation,
        st.sampled_from(["r", "s"]),
        *[st.sampled_from([mention.id for mention in mentions] or ["-"])] * 2,
    )
    return Document(
        draw(st.text(st.characters(exclude_categories=["Cs"]), max_size=5)),
        " ".join(tokens),
        tokens=tuple(spans),
        mentions=tuple(mentions),
        relations=tuple(draw(st.lists(relations, max_size=4, unique=True))) if mentions else (),
        metadata=draw(st.just({}) | st.just({"source": ["x", 1]})),
    )


@steady
@given(st.lists(documents(), min_size=1, max_size=3, unique_by=lambda document: document.id))
def test_writing_and_reading_loses_nothing_the_format_can_hold(written):
    read, report = read_back(written)
    assert read == written
    assert not report.lost


def test_writing_no_document_gives_an_empty_list(tmp_path):
    SpertFormat().write([], tmp_path / "none.json")
    assert json.loads((tmp_path / "none.json").read_text()) == []


@pytest.mark.parametrize(
    "change, reason, mentions",
    [
        ({"tokens": ["a", ""]}, "a token must be a string that is not empty", None),
        ({"tokens": "abc"}, "'tokens' must be a list: found a string", None),
        ({"orig_id": 1.5}, "'orig_id' must be a string or a whole number", None),
        ({"orig_id": True}, "'orig_id' must be a string or a whole number", None),
        ({"entities": [{"type": "A", "start": 1, "end": 1}]}, "entity is outside the tokens", 0),
        ({"entities": [{"type": "A", "start": 0, "end": 6}]}, "entity is outside the tokens", 0),
        ({"entities": [{"type": "A", "start": -2, "end": 1}]}, "entity is outside the tokens", 0),
        ({"entities": [{"start": 0, "end": 1}]}, "'type' is missing", 0),
        ({"relations": [{"type": "r", "head": 0, "tail": 2}]}, "argument of a relation", 2),
        ({"relations": [{"type": "r", "head": 0, "tail": -1}]}, "argument of a relation", 2),
        ({"relations": SENTENCE["relations"] * 2}, "relation is listed twice", 2),
    ],
)
def test_a_bad_item_is_an_error_and_alone_is_skipped(tmp_path, change, reason, mentions):
    path = tmp_path / "bad.json"
    path.write_text(json.dumps([{**SENTENCE, **change}, {**SENTENCE, "orig_id": 4}]))
    with pytest.raises(CorpusError, match=reason) as error:
        list(SpertFormat().read(path))
    assert str(path) in str(error.value)
    documents = {document.id: document for document in SpertFormat(on_error="skip").read(path)}
    assert len(documents["4"].mentions) == 2
    assert ("3" in documents) == (mentions is not None)
    if mentions is not None:
        assert len(documents["3"].mentions) == mentions


def test_a_relation_of_a_skipped_entity_goes_and_the_others_keep_their_arguments(tmp_path):
    entities = [{"type": "A", "start": 9, "end": 10}, *SENTENCE["entities"]]
    relations = [{"type": "r", "head": 0, "tail": 1}, {"type": "s", "head": 1, "tail": 2}]
    path = tmp_path / "bad.json"
    path.write_text(json.dumps([{**SENTENCE, "entities": entities, "relations": relations}]))
    report = CorpusReport()
    (document,) = SpertFormat(on_error="skip").read(path, report)
    mentions = document.mention_by_id()
    (relation,) = document.relations
    assert document.text_of(mentions[relation.head]) == "Mira Tollen"
    assert document.text_of(mentions[relation.tail]) == "Harrow"
    assert sum(report.lost.values()) == 2


@steady
@given(broken_json([SENTENCE]) | broken_files(json.dumps([SENTENCE]).encode()))
def test_broken_files_raise_nothing_but_corpus_errors(content):
    check_only_corpus_errors({"type": "spert"}, {"bad.json": content})


@pytest.mark.parametrize(
    "part, sentences, entities, relations", [("train", 922, 3377, 1283), ("dev", 231, 893, 343)]
)
def test_conll04_has_the_published_counts_and_is_written_as_it_was(
    corpus_folder, tmp_path, part, sentences, entities, relations
):
    path = corpus_folder / f"conll04/conll04_{part}.json"
    items = json.loads(path.read_text(encoding="utf-8"))
    documents = list(SpertFormat().read(path))
    assert len(documents) == sentences
    assert sum(len(document.mentions) for document in documents) == entities
    assert sum(len(document.relations) for document in documents) == relations
    for document, item in zip(documents, items, strict=True):
        assert [document.text_of(mention) for mention in document.mentions] == [
            " ".join(item["tokens"][entity["start"] : entity["end"]]) for entity in item["entities"]
        ]
    report = SpertFormat().write(documents, tmp_path / "again.json")
    assert not report.lost
    assert json.loads((tmp_path / "again.json").read_text(encoding="utf-8")) == items


def test_inputs_of_predictions_are_objects_with_tokens_lists_and_texts(tmp_path):
    tokens = ["Orvexin", "eases", "ache", "."]
    items = [{"tokens": tokens}, {"tokens": tokens, "entities": None}, tokens, "Orvexin eases."]
    (tmp_path / "x").write_text(json.dumps(items))
    documents = list(SpertFormat().read(tmp_path / "x"))
    assert [document.id for document in documents] == ["0", "1", "2", "3"]
    assert [document.text for document in documents[:3]] == ["Orvexin eases ache ."] * 3
    assert len(documents[2].tokens) == 4
    assert (documents[3].text, documents[3].tokens) == ("Orvexin eases.", ())


def test_entity_without_a_type_gets_the_default_type(tmp_path):
    item = {"tokens": ["Mira"], "entities": [{"start": 0, "end": 1}]}
    (tmp_path / "x").write_text(json.dumps([item]))
    (document,) = SpertFormat(default_type="Entity").read(tmp_path / "x")
    assert document.mentions[0].type == "Entity"

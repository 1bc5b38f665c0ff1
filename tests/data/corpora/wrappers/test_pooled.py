from dataclasses import replace

import pytest
from allennlp.common import Params
from hypothesis import given, settings
from hypothesis import strategies as st

from bio_ie.data.corpora import CorpusFormat, JsonlFormat, PooledFormat
from bio_ie.data.corpora.wrappers.pooled import pool
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.text.document import Document, Fact, Mention, Passage, Relation

TEXT = "acute renal failure"


def mention(id, start, end, type="Disease", concept_ids=(), **more):
    return Mention(id, start, end, type, tuple(concept_ids), **more)


def pooled(*documents):
    return pool([(str(number), document) for number, document in enumerate(documents)])


@pytest.fixture
def corpora(tmp_path):
    """Writes corpora and gives a format that pools them."""

    def write(*contents):
        names = [f"{number}.jsonl" for number in range(len(contents))]
        for name, documents in zip(names, contents, strict=True):
            JsonlFormat().write(documents, tmp_path / name)
        return PooledFormat(names)

    return write


def test_overlapping_mentions_are_all_kept_in_the_order_of_the_text():
    first = Document("1", TEXT, mentions=(mention("T1", 6, 19), mention("T2", 0, 5, "Phase")))
    second = Document("1", TEXT, mentions=(mention("T1", 0, 19), mention("T3", 6, 19, "Phenotype")))
    found = [(item.id, item.span, item.type) for item in pooled(first, second).mentions]
    assert found == [
        ("T2", (0, 5), "Phase"),
        ("T1#2", (0, 19), "Disease"),
        ("T1", (6, 19), "Disease"),
        ("T3", (6, 19), "Phenotype"),
    ]


def test_the_same_mention_is_one_with_the_ids_of_all():
    first = mention("T1", 0, 5, concept_ids=["a", "b"], score=0.5, metadata={"x": 1})
    second = mention("U9", 0, 5, concept_ids=["c", "b"], score=0.9)
    (found,) = pooled(
        Document("1", TEXT, mentions=(first,)), Document("1", TEXT, mentions=(second,))
    ).mentions
    assert found == replace(first, concept_ids=("a", "b", "c"))


def test_relations_and_entities_follow_their_mentions():
    first = Document(
        "1",
        TEXT,
        mentions=(mention("T1", 0, 5, entity_id="E1"), mention("T2", 6, 11)),
        relations=(Relation("r", "T1", "T2"),),
    )
    second = Document(
        "1",
        TEXT,
        mentions=(
            mention("T1", 6, 11),
            mention("T2", 12, 19, entity_id="E1"),
            mention("T3", 0, 19, entity_id="E1"),
        ),
        relations=(Relation("r", "T1", "T2"), Relation("s", "T3", "T1")),
    )
    document = pooled(first, second, second)
    assert document.relations == (
        Relation("r", "T1", "T2"),
        Relation("r", "T2", "T2#2"),
        Relation("s", "T3", "T2"),
    )
    entities = {item.id: item.entity_id for item in document.mentions}
    assert entities == {"T1": "E1", "T2": None, "T2#2": "E1#2", "T3": "E1#2"}


def test_the_rest_is_what_the_first_corpus_has_or_else_the_next():
    first = Document("1", "a b", facts=(Fact("r", "x", "y"),), metadata={"k": 1})
    second = Document(
        "1",
        "a\nb",
        passages=(Passage("title", 0, 1),),
        tokens=((0, 1), (2, 3)),
        facts=(Fact("r", "x", "y"), Fact("s", "x", "y")),
        metadata={"k": 2, "l": 3},
    )
    document = pooled(first, second)
    assert (document.text, document.metadata) == ("a b", {"k": 1, "l": 3})
    assert (document.passages, document.tokens) == (second.passages, second.tokens)
    assert document.facts == second.facts


@pytest.mark.parametrize(
    "text, message",
    [
        ("acute renal Failure", r"1.jsonl: document '1': .*0.jsonl at character 12: "),
        ("acute renal failure.", "at character 19: '.' and ''"),
        ("acute renal", "at character 11: '' and ' failure'"),
    ],
)
def test_different_texts_are_an_error_that_names_document_and_file(
    text, message, corpora, tmp_path
):
    corpus_format = corpora([Document("1", TEXT)], [Document("1", text)])
    with pytest.raises(CorpusError, match=message):
        list(corpus_format.read(tmp_path))


IDS = st.lists(st.sampled_from("abcde"), unique=True, min_size=1)


@given(st.lists(IDS, min_size=1, max_size=3))
@settings(max_examples=60)
def test_every_document_comes_once_with_the_mentions_of_all_corpora(tmp_path_factory, ids):
    folder = tmp_path_factory.mktemp("pooled")
    for number, of_one in enumerate(ids):
        found = (mention("T1", number, number + 1),)
        documents = (Document(name, TEXT, mentions=found) for name in of_one)
        JsonlFormat().write(documents, folder / f"{number}.jsonl")
    report = CorpusReport()
    corpus_format = PooledFormat([f"{number}.jsonl" for number in range(len(ids))])
    documents = list(corpus_format.read(folder, report))
    everything = list(dict.fromkeys(name for of_one in ids for name in of_one))
    assert [document.id for document in documents][: len(ids[0])] == ids[0]
    assert sorted(document.id for document in documents) == sorted(everything)
    for document in documents:
        expected = [number for number, of_one in enumerate(ids) if document.id in of_one]
        assert [item.start for item in document.mentions] == expected
    lacking = {
        f"documents are not in {folder / str(number)}.jsonl": len(everything) - len(of_one)
        for number, of_one in enumerate(ids)
        if len(of_one) < len(everything)
    }
    assert report.noted == lacking


def test_nothing_is_read_ahead_where_corpora_have_the_same_order(monkeypatch):
    events = []

    class Numbered(CorpusFormat):
        def __init__(self, name):
            super().__init__()
            self.name = name

        def read(self, path, report=None):
            for number in range(3):
                events.append(f"{self.name}{number}")
                yield Document(str(number), TEXT)

    corpus_format = PooledFormat(["x", "y"])
    corpus_format.corpora = [(Numbered("x"), "x"), (Numbered("y"), "y")]
    for document in corpus_format.read(""):
        events.append(document.id)
    assert events == ["x0", "y0", "0", "x1", "y1", "1", "x2", "y2", "2"]


def test_corpora_of_several_formats_are_pooled_by_a_config(fixtures_folder, tmp_path):
    abstracts = fixtures_folder / "corpora" / "ctd" / "abstracts.PubTator.txt"
    line = (
        '{"id": "900003", "title": "Orvexin is well tolerated.", "abstract": "No rash was seen."}'
    )
    (tmp_path / "x.jsonl").write_text(line)
    params = {
        "type": "pooled",
        "format": "pubtator",
        "corpora": [str(abstracts), {"file": str(tmp_path / "x.jsonl"), "format": "jsonl"}],
    }
    report = CorpusReport()
    documents = list(CorpusFormat.from_params(Params(params)).read("", report))
    assert [document.id for document in documents] == ["900001", "900002", "900003", "900004"]
    assert documents[2].text == "Orvexin is well tolerated.\nNo rash was seen."
    assert list(report.noted.values()) == [3]

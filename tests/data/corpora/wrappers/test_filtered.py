import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from hypothesis import given
from hypothesis import strategies as st

from bio_ie.data.corpora import CorpusFormat, FilteredFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.text.document import Document, Fact, Mention, Relation
from tests.data.corpora.broken_files import steady
from tests.data.corpora.wrappers.test_k_fold import InMemoryFormat

DOCUMENTS = [
    Document(
        "a",
        "x y z",
        mentions=(Mention("1", 0, 1, "X"), Mention("2", 2, 3, "Y"), Mention("3", 4, 5, "Z")),
        relations=(Relation("r", "1", "2"), Relation("s", "1", "2"), Relation("r", "2", "3")),
        facts=(Fact("r", "c", "d"),),
        metadata={"year": 2010, "source": "p", "types": ["Letter", "Review"]},
    ),
    Document("b", "x", mentions=(Mention("1", 0, 1, "X"),), metadata={"year": 2011}),
    Document("c", "x"),
]


def read(**settings):
    return list(FilteredFormat(InMemoryFormat(DOCUMENTS), **settings).read("memory"))


def ids(**settings):
    return [document.id for document in read(**settings)]


def test_documents_are_kept_or_excluded_by_a_file_of_ids(tmp_path):
    (tmp_path / "ids.txt").write_text("a\n\nc\n")
    assert ids(documents=str(tmp_path / "ids.txt")) == ["a", "c"]
    assert ids(exclude_documents=str(tmp_path / "ids.txt")) == ["b"]
    with pytest.raises(CorpusError, match=r"absent\.txt: cannot be read"):
        ids(documents=str(tmp_path / "absent.txt"))


def test_documents_are_kept_by_metadata():
    assert ids(metadata={"year": "2010"}) == ["a"]
    assert ids(metadata={"year": [2010, 2011]}) == ["a", "b"]
    assert ids(metadata={"year": [2010, 2011], "source": "p"}) == ["a"]
    assert ids(metadata={"types": ["Review", "Retraction"]}) == ["a"]


def test_documents_are_kept_by_what_they_have():
    assert ids(with_mentions=["X"]) == ["a", "b"]
    assert ids(with_mentions=["Y", "Z"]) == ["a"]
    assert ids(with_relations=["s"]) == ["a"]


def test_nothing_left_is_an_error():
    with pytest.raises(CorpusError, match="memory: no document is left"):
        ids(with_mentions=["Q"])


def test_a_dropped_mention_type_takes_its_relations_with_it():
    document = read(mention_types={"Z": None, "Y": "W"})[0]
    assert [mention.type for mention in document.mentions] == ["X", "W"]
    assert document.relations == (Relation("r", "1", "2"), Relation("s", "1", "2"))


def test_relation_types_are_dropped_or_renamed_and_facts_with_them():
    document = read(relation_types={"r": None})[0]
    assert document.relations == (Relation("s", "1", "2"),)
    assert document.facts == ()
    document = read(relation_types={"r": "s"})[0]
    assert document.relations == (Relation("s", "1", "2"), Relation("s", "2", "3"))
    assert document.facts == (Fact("s", "c", "d"),)


def test_a_type_or_id_the_corpus_does_not_have_is_warned_of(tmp_path, caplog):
    (tmp_path / "ids.txt").write_text("a\nzz\n")
    read(documents=str(tmp_path / "ids.txt"), mention_types={"Typo": None})
    assert "documents to keep that the corpus does not have: zz" in caplog.text
    assert "types that the corpus does not have: Typo" in caplog.text


def test_a_filter_without_a_condition_is_refused():
    with pytest.raises(ConfigurationError, match="at least one filter"):
        FilteredFormat(InMemoryFormat(DOCUMENTS))


def test_ace_without_discourse_is_one_line_of_config(fixtures_folder):
    corpus_format = CorpusFormat.from_params(
        Params(
            {
                "type": "filtered",
                "format": "lstm_er",
                "relation_types": {"DISC": None, "EMP-ORG": "employment"},
            }
        )
    )
    first, _ = corpus_format.read(fixtures_folder / "corpora/lstm_er")
    assert [relation.type for relation in first.relations] == ["employment"]


names = st.dictionaries(st.sampled_from("XYZrs"), st.none() | st.sampled_from("XYZrs"), min_size=1)


@steady
@given(names, names)
def test_types_agree_with_a_plain_count(mention_types, relation_types):
    document = read(mention_types=mention_types, relation_types=relation_types)[0]
    kept = {
        mention.id: mention_types.get(mention.type, mention.type)
        for mention in DOCUMENTS[0].mentions
    }
    kept = {id_: type_ for id_, type_ in kept.items() if type_}
    assert {mention.id: mention.type for mention in document.mentions} == kept
    expected = {
        (relation_types.get(relation.type, relation.type), relation.head, relation.tail)
        for relation in DOCUMENTS[0].relations
        if relation.head in kept and relation.tail in kept
    }
    found = [(relation.type, relation.head, relation.tail) for relation in document.relations]
    assert sorted(found) == sorted(item for item in expected if item[0])

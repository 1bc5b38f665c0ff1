import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from hypothesis import given, settings
from hypothesis import strategies as st

from bio_ie.data.corpora import CorpusFormat, ProjectedFactsFormat
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.text.counted import counted
from bio_ie.text.document import Document, Fact, Mention, Relation
from bio_ie.text.tokenizers import NewlineSentenceSplitter
from tests.data.corpora.wrappers.test_k_fold import InMemoryFormat

TEXT = "a b.\nc d.\ne f."
SENTENCES = ((0, 4), (5, 9), (10, 14))


def document(*mentions, facts=(), relations=(), **more):
    """Makes a document. Its mentions are given by place and ids."""
    made = [
        Mention(f"T{number}", start, start + 1, "X", tuple(ids))
        for number, (start, *ids) in enumerate(mentions)
    ]
    return Document("1", TEXT, mentions=tuple(made), facts=facts, relations=relations, **more)


def project(one, where="same_sentence", report=None, **options):
    corpus_format = ProjectedFactsFormat(InMemoryFormat([one]), where, **options)
    (found,) = corpus_format.read("memory", report)
    return [(relation.type, relation.head, relation.tail) for relation in found.relations]


CONCEPTS = ["x", "y", "z"]
MENTIONS = st.lists(
    st.builds(
        lambda start, ids: (start, *ids),
        st.sampled_from([0, 2, 5, 7, 10, 12]),
        st.lists(st.sampled_from(CONCEPTS), unique=True),
    ),
    max_size=5,
)
FACTS = st.lists(
    st.builds(Fact, st.sampled_from("rs"), st.sampled_from(CONCEPTS), st.sampled_from(CONCEPTS)),
    max_size=4,
)


@given(MENTIONS, FACTS, st.booleans())
@settings(max_examples=100)
def test_relations_are_those_of_a_plain_enumeration(mentions, facts, same_sentence):
    one = document(*mentions, facts=tuple(facts), sentences=SENTENCES)
    expected = set()
    for fact in facts:
        for head in one.mentions:
            for tail in one.mentions:
                if head is tail or fact.head not in head.concept_ids:
                    continue
                if fact.tail in tail.concept_ids and (
                    not same_sentence or head.start // 5 == tail.start // 5
                ):
                    expected.add((fact.type, head.id, tail.id))
    found = project(one, "same_sentence" if same_sentence else "same_document")
    assert len(found) == len(expected)
    assert set(found) == expected


def test_facts_and_annotated_relations_stay():
    relations = (Relation("r", "T0", "T1", score=0.5), Relation("q", "T1", "T0"))
    facts = (Fact("r", "x", "y"), Fact("s", "x", "y"))
    one = document((0, "x"), (2, "y"), facts=facts, relations=relations)
    (found,) = ProjectedFactsFormat(InMemoryFormat([one])).read("memory")
    assert found.relations == (*relations, Relation("s", "T0", "T1"))
    assert found.facts == facts


@pytest.mark.parametrize("where, count", [("same_sentence", 2), ("same_document", 1)])
def test_facts_without_a_pair_of_mentions_are_counted_and_logged(where, count, caplog):
    one = document((0, "x"), (7, "y"), facts=(Fact("r", "x", "y"), Fact("r", "x", "z")))
    report = CorpusReport()
    project(one, where, report)
    without = f"without a pair of mentions in the {where.replace('_', ' ')}"
    assert report.noted == {f"facts {without}": count}
    assert f"{counted(count, 'fact')} {without}" in caplog.text


def test_sentences_are_split_where_the_corpus_marks_none():
    one = Document(
        "1",
        "a b\nc",
        mentions=(
            Mention("T0", 0, 1, "X", ("x",)),
            Mention("T1", 2, 3, "X", ("y",)),
            Mention("T2", 4, 5, "X", ("y",)),
        ),
        facts=(Fact("r", "x", "y"),),
    )
    splitter = NewlineSentenceSplitter()
    assert project(one, sentence_splitter=splitter) == [("r", "T0", "T1")]


def test_ids_with_and_without_prefix_are_the_same():
    one = document((0, "D000001"), (2, "MESH:D000002"), facts=(Fact("r", "D000001", "D000002"),))
    assert project(one) == [("r", "T0", "T1")]


def test_format_is_built_from_a_config(fixtures_folder):
    params = {
        "type": "projected_facts",
        "format": "pubtator",
        "project_facts": "same_document",
        "sentence_splitter": {"type": "newlines"},
    }
    corpus_format = CorpusFormat.from_params(Params(params))
    path = fixtures_folder / "corpora" / "pubtator" / "cdr_like.PubTator.txt"
    documents = list(corpus_format.read(path))
    # Zelorvine is mentioned three times, hyponatraemia twice, and the kidneys fail once.
    assert [len(document.relations) for document in documents] == [9, 0, 0]


def test_unknown_place_is_an_error():
    with pytest.raises(ConfigurationError, match="project_facts must be"):
        ProjectedFactsFormat(InMemoryFormat([]), "same_passage")

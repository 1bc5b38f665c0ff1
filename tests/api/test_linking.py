"""Links of texts in Python programs."""

import pytest
from allennlp.common.checks import ConfigurationError

import bio_ie
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.knowledge.knowledge_base_file import KnowledgeBaseError
from tests.commands.command_server import ROOT

KB = str(ROOT / "fixtures/archives/facts.sqlite")


@pytest.fixture(scope="module")
def name():
    """A name of two words, and its concept."""
    return next((name, id_) for id_, name in KnowledgeBase(KB).names() if " " in name)


def test_names_are_mentions_with_their_candidates(name):
    written, concept = name
    document = bio_ie.link(f"We saw {written} twice.", KB)
    (mention,) = document.mentions
    assert document.text_of(mention) == written
    assert concept in [candidate["id"] for candidate in mention.metadata["candidates"]]
    assert mention.concept_ids == (mention.metadata["candidates"][0]["id"],)
    assert mention.metadata["candidates"][0]["name"]


def test_many_texts_are_linked_in_order(name):
    texts = ["nothing", name[0], "nothing"]
    documents = list(bio_ie.link(texts, KnowledgeBase(KB)))
    assert [len(document.mentions) for document in documents] == [0, 1, 0]
    assert [document.id for document in documents] == ["1", "2", "3"]


def test_annotated_mentions_are_linked(name):
    document = bio_ie.link(name[0], KB)
    (mention,) = bio_ie.link(document, KB, generator="tfidf", k=2, annotated=True).mentions
    assert mention.concept_ids == document.mentions[0].concept_ids
    assert len(mention.metadata["candidates"]) <= 2


def test_types_choose_concepts(name):
    kb = KnowledgeBase(KB)
    (of_concept,) = kb.semantic_types([name[1]]).values()
    (mention,) = bio_ie.link(name[0], kb, types={"Thing": list(of_concept)}).mentions
    assert mention.type == "Thing"


@pytest.mark.parametrize(
    "settings, error, message",
    [
        ({"generator": "best"}, ConfigurationError, "generator must be one of exact, tfidf"),
        ({"k": 0}, ConfigurationError, "k must be positive"),
        ({"nested": True, "annotated": True}, ConfigurationError, "exclude each other"),
        ({"kb": "no.sqlite"}, KnowledgeBaseError, "no.sqlite"),
    ],
)
def test_wrong_settings_are_errors(settings, error, message):
    with pytest.raises(error, match=message):
        bio_ie.link("a", **{"kb": KB, **settings})

import json
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, Callable, Dict, List

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bio_ie.data.corpora import BioRelExFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from tests.data.corpora.broken_files import (
    broken_files,
    broken_json,
    check_only_corpus_errors,
    steady,
)

SENTENCE: Dict[str, Any] = {
    "id": "s",
    "text": "Kel binds Tarn.",
    "entities": [
        {
            "label": "protein",
            "names": {"Kel": {"is_mentioned": True, "mentions": [[0, 3]]}},
            "grounding": {"link": "https://www.uniprot.org/uniprot/Q1"},
        },
        {
            "label": "DNA",
            "names": {"Tarn": {"is_mentioned": True, "mentions": [[10, 14]]}},
            "grounding": None,
        },
    ],
    "interactions": [{"participants": [1, 0], "type": "bind", "label": 1}],
}


@pytest.fixture
def documents(fixtures_folder):
    return list(BioRelExFormat().read(fixtures_folder / "corpora/biorelex/sentences.json"))


def related_texts(document, relation_type):
    mentions = document.mention_by_id()
    return [
        (document.text_of(mentions[relation.head]), document.text_of(mentions[relation.tail]))
        for relation in document.relations
        if relation.type == relation_type
    ]


def test_a_cluster_becomes_its_mentions_with_one_entity_id(documents):
    kelvin = [mention for mention in documents[0].mentions if mention.entity_id == "E0"]
    assert [documents[0].text_of(mention) for mention in kelvin] == ["Kelvin-2", "KV2", "KV2"]
    assert {mention.type for mention in kelvin} == {"protein"}
    assert {mention.concept_ids for mention in kelvin} == {("uniprot:Q00001",)}


def test_concept_ids_are_read_off_the_links_of_several_sources(documents):
    assert documents[0].mentions[-1].concept_ids == ("interpro:IPR000001",)
    assert documents[1].mentions[0].concept_ids == ("ncbigene:4242",)
    assert documents[2].mentions[0].concept_ids == ()


def test_an_interaction_relates_every_mention_pair_of_its_clusters(documents):
    first = documents[0]
    assert sorted(related_texts(first, "bind")) == sorted(
        [("Kelvin-2", "Tarn promoter"), ("KV2", "Tarn promoter"), ("Tarn promoter", "KV2")]
    )
    assert related_texts(first, "bind_negative") == related_texts(first, "bind")
    assert related_texts(first, "bind_inconclusive") == [("Tarn promoter", "arm domain")]
    assert not any(relation.directed for relation in first.relations)


def test_a_self_interaction_relates_pairs_of_different_mentions(documents):
    second = documents[1]
    pairs = Counter(related_texts(second, "bind"))
    # "Orrel" is written three times, one of them inside "Orrel complex".
    assert pairs[("Orrel", "Orrel")] == 3
    # The interaction with the complex is listed twice, in both orders.
    assert pairs[("Orrel", "Orrel complex")] == 3
    assert sum(pairs.values()) == 6


def test_clusters_and_interactions_are_kept_as_the_official_score_counts_them(documents):
    metadata = documents[1].metadata
    assert metadata["clusters"][0]["names"] == {"Orrel": True, "Orr": False}
    assert [interaction["participants"] for interaction in metadata["interactions"]] == [
        ["E0", "E0"], ["E0", "E1"], ["E1", "E0"]
    ]  # fmt: skip
    assert metadata["interactions"][0] == {
        "participants": ["E0", "E0"], "type": "bind", "label": 1, "implicit": False
    }  # fmt: skip
    assert metadata["paperid"] == "901"
    assert metadata["url"] == "https://example.org/90"


def change(path: List[Any], value: Any) -> Callable[[Dict[str, Any]], None]:
    def apply(sentence: Dict[str, Any]) -> None:
        place: Any = sentence
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] = value

    return apply


NAME = ["entities", 0, "names", "Kel"]


@pytest.mark.parametrize(
    "path, value, reason, mentions, relations",
    [
        ([*NAME, "mentions"], [[0, 4]], "mention's text differs", 1, 0),
        ([*NAME, "mentions"], [[3, 0]], "mention is outside the text", 1, 0),
        ([*NAME, "mentions"], [[9, 99]], "mention is outside the text", 1, 0),
        ([*NAME, "mentions"], [[0, 3], [0, 3]], "mention is listed twice", 2, 1),
        ([*NAME, "mentions"], [[0, True]], "a mention must be", 1, 0),
        ([*NAME, "mentions"], None, "'mentions' must be a list: found null", 1, 0),
        ([*NAME, "is_mentioned"], "yes", "'is_mentioned' must be true or false", 1, 0),
        (["entities", 0, "label"], 3, "'label' must be a string", 1, 0),
        (["entities", 0], [], "an entity must be an object", 1, 0),
        (["interactions", 0, "participants"], [0, 2], "participant of an interaction", 2, 0),
        (["interactions", 0, "participants"], [0, 1, 1], "needs two participants", 2, 0),
        (["interactions", 0, "label"], 2, "label of an interaction must be", 2, 0),
        (["interactions", 0, "label"], True, "'label' must be a whole number", 2, 0),
    ],
)
def test_a_bad_item_is_an_error_and_alone_is_skipped(
    tmp_path, path, value, reason, mentions, relations
):
    sentence = json.loads(json.dumps(SENTENCE))
    change(path, value)(sentence)
    file = tmp_path / "bad.json"
    file.write_text(json.dumps([sentence, {**SENTENCE, "id": "other"}]))
    with pytest.raises(CorpusError, match=reason) as error:
        list(BioRelExFormat().read(file))
    assert str(file) in str(error.value)
    assert "document 's'" in str(error.value)

    report = CorpusReport()
    documents = list(BioRelExFormat(on_error="skip").read(file, report))
    assert [document.id for document in documents] == ["s", "other"]
    assert len(documents[0].mentions) == mentions
    assert len(documents[0].relations) == relations
    assert sum(report.lost.values()) >= 1


def test_a_repeated_document_id_is_an_error(tmp_path):
    file = tmp_path / "twice.json"
    file.write_text(json.dumps([SENTENCE, SENTENCE]))
    with pytest.raises(CorpusError, match=r"number 1.*document id is used twice: 's'"):
        list(BioRelExFormat().read(file))
    assert len(list(BioRelExFormat(on_error="skip").read(file))) == 1


@pytest.mark.parametrize("content", ["", "[]", "{}", "[1", '[{"id": "a"}]', "[[]]"])
def test_a_file_that_is_no_list_of_sentences_is_an_error(tmp_path, content):
    file = tmp_path / "bad.json"
    file.write_text(content)
    with pytest.raises(CorpusError, match=r"bad\.json"):
        list(BioRelExFormat().read(file))


@steady
@given(broken_json([SENTENCE]) | broken_files(json.dumps([SENTENCE]).encode()))
def test_broken_files_raise_nothing_but_corpus_errors(content):
    check_only_corpus_errors({"type": "biorelex"}, {"bad.json": content})


@steady
@given(st.integers(0, 3), st.integers(0, 3))
def test_pairs_of_two_clusters_are_as_many_as_the_product_of_their_mentions(first, second):
    text = "a " * first + "b " * second
    sentence = {
        "id": "s",
        "text": text,
        "entities": [
            {
                "label": "protein",
                "names": {
                    name: {
                        "is_mentioned": True,
                        "mentions": [[i, i + 1] for i, sign in enumerate(text) if sign == name],
                    }
                },
            }
            for name in "ab"
        ],
        "interactions": [
            {"participants": participants, "type": "bind", "label": 1}
            for participants in ([0, 1], [1, 0], [0, 0])
        ],
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "pairs.json"
        file.write_text(json.dumps([sentence]))
        (document,) = BioRelExFormat().read(file)
    assert len(document.relations) == first * second + first * (first - 1) // 2


def test_the_training_file_has_the_published_counts(corpus_folder):
    documents = list(BioRelExFormat().read(corpus_folder / "biorelex/1.0alpha7.train.json"))
    assert len(documents) == 1405
    assert all(document.sentences == ((0, len(document.text)),) for document in documents)
    clusters = [cluster for document in documents for cluster in document.metadata["clusters"]]
    assert len(clusters) == 5520
    mentions = [(document, mention) for document in documents for mention in document.mentions]
    assert len(mentions) == 6925
    for document, mention in mentions:
        cluster = document.metadata["clusters"][int(mention.entity_id[1:])]
        assert cluster["names"][document.text_of(mention)]
    nested = sum(
        any(
            other.start <= mention.start and mention.end <= other.end and other.span != mention.span
            for other in document.mentions
        )
        for document, mention in mentions
    )
    assert nested == 866
    interactions = [item for document in documents for item in document.metadata["interactions"]]
    assert Counter(item["label"] for item in interactions) == {1: 1989, 0: 115, -1: 122}
    pairs = {
        (document.id, relation.head, relation.tail)
        for document in documents
        for relation in document.relations
    }
    assert len(pairs) == 4084
    assert (
        sum(not mentioned for cluster in clusters for mentioned in cluster["names"].values()) == 29
    )

import json

import pytest
from allennlp.common.checks import ConfigurationError

from bio_ie.data.corpora import SentenceJsonlFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport

PATH = "corpora/sentence_jsonl/sentences.jsonl"


def documents(fixtures_folder, **options):
    return list(SentenceJsonlFormat(**options).read(fixtures_folder / PATH))


def test_lines_of_one_pmid_are_the_sentences_of_a_document(fixtures_folder):
    first, second = documents(fixtures_folder)
    assert (first.id, second.id) == ("930001", "930002")
    assert [first.text[start:end] for start, end in first.sentences] == [
        "Orvexin and wound healing .",
        "Levels of ORX - 1 rose in fibroblasts .",
        "No harm was seen .",
    ]
    assert [first.text[start:end] for start, end in first.tokens] == first.text.split()
    assert [(first.text_of(m), m.type, m.concept_ids) for m in first.mentions] == [
        ("Orvexin", "Concept", ("C9000001",)),
        ("wound healing", "Concept", ("C9000002",)),
        ("ORX - 1", "Concept", ("C9000001",)),
        ("fibroblasts", "Concept", ("C9000003", "C9000004")),
    ]
    assert [(second.text_of(m), m.type, m.concept_ids) for m in second.mentions] == [
        ("Fibroblasts", "Concept", ("C9000003",)),
        ("burrin", "Organ", ()),
    ]


def test_nothing_that_a_line_has_is_lost(fixtures_folder):
    first, second = documents(fixtures_folder)
    texts = [mention.metadata for mention in first.mentions]
    assert texts == [None, None, {"text": "orvexin (ORX)"}, None]
    assert second.metadata == {"sentences": [{"split": "train"}]}


def test_each_line_may_be_a_document(fixtures_folder):
    found = documents(fixtures_folder, group_by="sentence", mention_type="Thing")
    assert [document.id for document in found] == ["930001-0", "930001-1", "930001-2", "930002-0"]
    assert {m.type for m in found[0].mentions} == {"Thing"}


def test_an_unknown_grouping_is_an_error():
    with pytest.raises(ConfigurationError, match="group_by"):
        SentenceJsonlFormat(group_by="page")


GOOD = {"pmid": "1", "sent": 0, "tokens": ["a", "b"], "mentions": []}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"tokens": []}, "tokens must be strings that are not blank"),
        ({"tokens": ["a", " "]}, "tokens must be strings that are not blank"),
        ({"pmid": None}, "'pmid' must be a string or a whole number"),
        ({"mentions": [{"start": 1, "end": 3, "cui": "C1"}]}, "mention is outside the tokens"),
        ({"mentions": [{"start": 0, "end": 1}]}, "'cui' is missing"),
        ({"mentions": ["x"]}, "a mention must be an object"),
    ],
)
def test_a_bad_line_is_an_error_with_its_place_and_alone_is_skipped(tmp_path, change, reason):
    path = tmp_path / "x.jsonl"
    lines = [GOOD, {**GOOD, **change}, {**GOOD, "pmid": "2"}]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    with pytest.raises(CorpusError, match=f":2: .*{reason}"):
        list(SentenceJsonlFormat().read(path))
    report = CorpusReport()
    found = list(SentenceJsonlFormat(on_error="skip").read(path, report))
    assert [document.id for document in found] == ["1", "2"]
    assert sum(report.lost.values()) == 1


def test_sentences_derived_from_medmentions(corpus_folder):
    path = corpus_folder / "medmentions" / "st21pv_train.sentences.jsonl.gz"
    if not path.exists():
        pytest.skip(f"{path} is absent")
    report = CorpusReport()
    found = list(SentenceJsonlFormat().read(path, report))
    assert (report.documents, report.mentions) == (2635, 122_001)
    assert sum(len(document.sentences) for document in found) == 26_719
    concepts = {concept for d in found for m in d.mentions for concept in m.concept_ids}
    assert len(concepts) == 18_506
    assert not report.lost
    # Abbreviations were expanded, and the tokens of some words joined.
    assert sum(bool(m.metadata) for d in found for m in d.mentions) == 171

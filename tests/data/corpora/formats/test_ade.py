from itertools import pairwise

import pytest
from allennlp.common.checks import ConfigurationError
from hypothesis import given
from hypothesis import strategies as st

from bio_ie.data.corpora import AdeFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from tests.data.corpora.broken_files import broken_files, check_only_corpus_errors, steady

SENTENCE = "Rash and fever after dolvamine, fever after perilect."
LINES = [
    f"1|{SENTENCE}|Rash|10|14|dolvamine|31|40",
    f"1|{SENTENCE}|fever|42|47|perilect|54|62",
]


def texts(document):
    mentions = document.mention_by_id()
    return [
        (document.text_of(mentions[relation.head]), document.text_of(mentions[relation.tail]))
        for relation in document.relations
    ]


def write(tmp_path, lines):
    path = tmp_path / "DRUG-AE.rel"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def corpus(fixtures_folder):
    return fixtures_folder / "corpora/ade/DRUG-AE.rel"


def test_sentences_become_documents_with_sentence_offsets(corpus):
    documents = list(AdeFormat(group_by="sentence").read(corpus))
    assert [document.id for document in documents] == [
        "90000001.1", "90000001.2", "90000002.1", "90000002.2", "90000002.3"
    ]  # fmt: skip
    second = documents[1]
    assert second.metadata == {"pmid": "90000001", "sentence_offset": 29}
    assert texts(second) == [("rash", "dolvamine"), ("rash", "perilect")]
    assert [mention.span for mention in second.mentions if mention.type == "Adverse-Effect"] == [
        (7, 11), (51, 55)
    ]  # fmt: skip
    assert [mention.span for mention in second.mentions if mention.type == "Drug"] == [
        (37, 46), (66, 74)
    ]  # fmt: skip


def test_abstracts_join_their_sentences_in_the_abstracts_order(corpus):
    first, second = AdeFormat(group_by="document").read(corpus)
    assert first.id == "90000001"
    assert [first.text[start:end] for start, end in first.sentences] == [
        "Severe rash after dolvamine.",
        "We saw rash in two patients who took dolvamine and rash in one on perilect.",
    ]
    assert texts(first) == [("rash", "dolvamine")] * 2 + [("rash", "perilect")]
    assert second.metadata["sentence_offsets"] == [0, 35, 96]


def test_a_sentence_the_abstract_repeats_becomes_two(corpus):
    documents = list(AdeFormat(group_by="sentence").read(corpus))
    assert documents[2].text == documents[4].text
    assert texts(documents[2]) == [("Perilect-induced tremor", "Perilect"), ("tremor", "Perilect")]
    assert texts(documents[4]) == [("tremor", "Perilect")]


def test_a_repeated_word_is_placed_where_the_offsets_of_the_pair_agree(tmp_path):
    (document,) = AdeFormat("sentence").read(write(tmp_path, LINES))
    assert document.metadata["sentence_offset"] == 10
    assert [document.text_of(mention) for mention in document.mentions] == [
        "Rash", "dolvamine", "fever", "perilect"
    ]  # fmt: skip
    assert document.mentions[2].span == (32, 37)


def test_other_lines_decide_where_one_line_allows_two_beginnings(tmp_path):
    sentence = "ab cd, ab cd and pox by zor"
    # The first line alone fits a sentence that begins at 93. Together with the second pair, it fits
    # one that begins at 100 - 7.
    lines = [f"1|{sentence}|ab|107|109|cd|110|112", f"1|{sentence}|pox|117|120|zor|124|127"]
    (alone,) = AdeFormat("sentence").read(write(tmp_path, lines[:1]))
    assert alone.metadata["sentence_offset"] == 100
    (document,) = AdeFormat("sentence").read(write(tmp_path, lines))
    assert document.metadata["sentence_offset"] == 100
    assert document.mentions[0].span == (7, 9)
    shifted = [f"1|{sentence}|ab|107|109|cd|110|112", f"1|{sentence}|pox|124|127|zor|131|134"]
    (document,) = AdeFormat("sentence").read(write(tmp_path, shifted))
    assert document.metadata["sentence_offset"] == 107
    assert document.mentions[0].span == (0, 2)


def test_without_overlaps_drops_overlapping_arguments_and_then_the_shorter_mention(tmp_path):
    sentence = "Lithium tremor, severe renal failure on lithium"
    lines = [
        f"1|{sentence}|Lithium tremor|0|14|Lithium|0|7",
        f"1|{sentence}|severe renal failure|16|36|lithium|40|47",
        f"1|{sentence}|renal|23|28|lithium|40|47",
    ]
    path = write(tmp_path, lines)
    (kept,) = AdeFormat("sentence", overlapping=True).read(path)
    assert len(kept.relations) == 3
    (document,) = AdeFormat("sentence", overlapping=False).read(path)
    assert texts(document) == [("severe renal failure", "lithium")]
    assert len(document.mentions) == 2


def test_a_sentence_may_hold_a_bar(tmp_path):
    (document,) = AdeFormat().read(write(tmp_path, ["1|Rash | dolvamine|Rash|0|4|dolvamine|7|16"]))
    assert document.text == "Rash | dolvamine"


@pytest.mark.parametrize(
    "line, reason",
    [
        ("1|Rash after dolvamine|Rash|0|4|dolvamine|11", "a line needs 8 fields"),
        ("1|Rash after dolvamine|Rash|0|x|dolvamine|11|20", "offsets must be whole numbers"),
        ("1|Rash after dolvamine|Rash|0|-4|dolvamine|11|20", "offsets must be whole numbers"),
        (f"1|Rash|Rash|0|{'9' * 5000}|dolvamine|11|20", "offsets must be whole numbers"),
        ("1|Rash after dolvamine|Rash|4|0|dolvamine|11|20", "reversed or empty"),
        ("1|Rash after dolvamine|Rash|0|5|dolvamine|11|20", "length of their text"),
        (
            "1|Rash after dolvamine|rash|0|4|dolvamine|11|20",
            "does not have both arguments at their offsets",
        ),
        (
            "1|Rash after dolvamine|Rash|0|4|dolvamine|12|21",
            "does not have both arguments at their offsets",
        ),
        ("|Rash after dolvamine|Rash|0|4|dolvamine|11|20", "PubMed id is missing"),
        (LINES[0], "relation is listed twice"),
    ],
)
def test_a_bad_line_is_an_error_and_alone_is_skipped(tmp_path, line, reason):
    path = write(tmp_path, [LINES[0], line, LINES[1]])
    with pytest.raises(CorpusError, match=reason) as error:
        list(AdeFormat().read(path))
    assert error.value.line == 2
    assert str(path) in str(error.value)
    report = CorpusReport()
    (document,) = AdeFormat(on_error="skip").read(path, report)
    assert len(document.relations) == 2
    assert sum(report.lost.values()) == 1


def test_an_unknown_grouping_is_refused():
    with pytest.raises(ConfigurationError, match="group_by"):
        AdeFormat(group_by="paragraph")


@steady
@given(broken_files("\n".join(LINES).encode()), st.sampled_from(["document", "sentence"]))
def test_broken_files_raise_nothing_but_corpus_errors(content, group_by):
    check_only_corpus_errors({"type": "ade", "group_by": group_by}, {"bad.rel": content})


@pytest.mark.parametrize("group_by, documents", [("document", 1644), ("sentence", 4272)])
@pytest.mark.parametrize("overlapping, relations", [(True, 6821), (False, 6682)])
def test_the_corpus_has_the_published_counts(
    corpus_folder, group_by, documents, overlapping, relations
):
    path = corpus_folder / "ade/DRUG-AE.rel"
    lines = {}
    for line in path.read_text(encoding="utf-8").split("\n")[:-1]:
        fields = line.split("|")
        lines.setdefault(fields[0], []).append((fields[2].strip(), fields[5].strip()))
    read = list(AdeFormat(group_by, overlapping).read(path))
    assert len(read) == documents
    assert sum(len(document.relations) for document in read) == relations
    assert sum(len(document.sentences) for document in read) == 4272
    found = {}
    for document in read:
        found.setdefault(document.metadata["pmid"], []).extend(texts(document))
        if not overlapping:
            spans = sorted(mention.span for mention in document.mentions)
            assert all(first[1] <= second[0] for first, second in pairwise(spans))
    if overlapping:  # every mention's text is the one the file gives, two of them trimmed
        assert {pmid: sorted(pairs) for pmid, pairs in found.items()} == {
            pmid: sorted(pairs) for pmid, pairs in lines.items()
        }

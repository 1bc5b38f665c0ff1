import json
import os

import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from hypothesis import given
from hypothesis import strategies as st

from bio_ie.commands.corpus_format_argument import corpus_format
from bio_ie.data.corpora import (
    AdeFormat,
    JsonlFormat,
    KFoldFormat,
    SpertFormat,
    open_corpus,
    read_corpus,
)
from bio_ie.files.corpus_report import CorpusReport
from tests.data.corpora.broken_files import steady

JSONL = JsonlFormat()


@pytest.fixture
def ade(fixtures_folder):
    return str(fixtures_folder / "corpora/ade/DRUG-AE.rel")


def ids(path, default_format=JSONL):
    return [document.id for document in read_corpus(path, default_format)]


def test_a_string_is_the_whole_file_in_the_readers_format(ade, tmp_path):
    assert open_corpus(ade, JSONL) == (JSONL, ade)
    assert open_corpus(tmp_path, JSONL) == (JSONL, str(tmp_path))
    assert open_corpus("absent/*.rel", JSONL) == (JSONL, "absent/*.rel")
    assert ids(ade, AdeFormat()) == ["90000001", "90000002"]


@pytest.mark.parametrize("wrap", [dict, Params, json.dumps], ids=["object", "Params", "text"])
def test_an_object_names_file_format_and_part_whatever_form_it_comes_in(ade, wrap):
    ade_by_sentence = {"type": "ade", "group_by": "sentence", "overlapping": "false"}
    whole = ids(wrap({"file": ade, "format": ade_by_sentence}))
    assert len(whole) == 5
    folds = [
        ids(wrap({
            "file": ade, "format": ade_by_sentence, "split": "test", "fold": str(fold),
            "num_folds": "2", "seed": "7", "group_by_metadata": "pmid",
        }))
        for fold in (0, 1)
    ]  # fmt: skip
    assert sorted(folds) == [whole[:2], whole[2:]]


def test_numbers_may_be_text_as_evaluate_gives_them(ade):
    part = {
        "file": ade, "format": "ade", "split": "validation", "fold": "1", "num_folds": "10",
        "validation_share": "0.25", "seed": "3", "stratify_by": "mentions",
    }  # fmt: skip
    corpus_format, file = open_corpus(part, JSONL)
    assert file == ade
    assert isinstance(corpus_format, KFoldFormat)
    assert isinstance(corpus_format.format, AdeFormat)
    assert (corpus_format.split, corpus_format.fold, corpus_format.num_folds) == (
        "validation",
        1,
        10,
    )
    assert (corpus_format.validation_share, corpus_format.seed) == (0.25, 3)
    assert corpus_format.stratify_by == "mentions"


def test_null_inside_a_format_is_kept(fixtures_folder):
    path = {
        "file": str(fixtures_folder / "corpora/lstm_er"),
        "format": {"type": "filtered", "format": "lstm_er", "relation_types": {"DISC": None}},
    }
    assert sum(len(document.relations) for document in read_corpus(path, JSONL)) == 1


def test_without_a_format_it_is_the_readers(ade):
    inner = AdeFormat()
    corpus_format, _ = open_corpus({"file": ade, "split": "train", "validation_share": 1}, inner)
    assert corpus_format.format is inner
    assert open_corpus({"file": ade, "fold": None}, inner) == (inner, ade)


def test_a_file_whose_name_looks_like_json_is_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    name = '{"file": "x"}'
    with open(name, "w") as file:
        file.write('{"id": "1", "text": "a"}\n')
    assert open_corpus(name, JSONL) == (JSONL, name)
    assert ids(name) == ["1"]
    os.remove(name)
    assert open_corpus(name, JSONL) == (JSONL, "x")


def test_several_corpora_are_read_as_one_and_split_together(fixtures_folder):
    folder = str(fixtures_folder / "corpora")
    pooled = {"file": folder, "corpora": ["i2b2", "i2b2/txt/*-2.txt"], "format": "i2b2"}
    assert ids(pooled) == ["visit-1", "visit-2", "visit-2#2"]
    folds = [ids({**pooled, "split": "test", "fold": fold, "num_folds": 3}) for fold in range(3)]
    assert sorted(folds) == [["visit-1"], ["visit-2"], ["visit-2#2"]]
    absolute = [os.path.join(folder, "i2b2"), {"file": f"{folder}/lstm_er", "format": "lstm_er"}]
    assert len(ids(json.dumps({"corpora": absolute, "format": "i2b2"}))) == 4


def test_the_report_is_the_callers(ade):
    report = CorpusReport()
    list(read_corpus({"file": ade, "format": "ade"}, JSONL, report))
    assert (report.documents, report.relations) == (2, 7)


@pytest.mark.parametrize(
    "path, reason",
    [
        (
            {"file": "a", "part": 1, "Fold": 2},
            "unknown keys in a data path: Fold, part; the known keys",
        ),
        ({"format": "ade"}, "needs 'file' or 'corpora'"),
        ({"file": 3}, "'file' of a data path must be a string"),
        ({"file": "a", "format": 3}, "'format' of a data path is a name or an object"),
        ({"file": "a", "format": "nope"}, "nope"),
        ({"file": "a", "format": {"type": "ade", "group": 1}}, "group"),
        ({"file": "a", "fold": 0, "num_folds": 2}, "needs a 'split'"),
        ({"file": "a", "split": "test"}, "no test split"),
        ({"file": "a", "split": "test", "fold": "x", "num_folds": 2}, "fold"),
        ({"file": "a", "split": "train", "seed": [1]}, "seed"),
        ({"corpora": []}, "list of one or more"),
        ('{"file": ', "neither a file nor JSON"),
        ([1], "a string or an object"),
        (None, "a string or an object"),
    ],
)
def test_a_wrong_data_path_is_refused(path, reason):
    with pytest.raises(ConfigurationError, match=reason):
        open_corpus(path, JSONL)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=3,
)
KEYS = st.sampled_from(["file", "format", "corpora", "split", "fold", "num_folds", "seed", "x"])


@steady
@given(st.dictionaries(KEYS, JSON | st.sampled_from(["train", "spert", "2"])))
def test_any_object_is_a_corpus_or_a_configuration_error(path):
    try:
        corpus_format, file = open_corpus(json.dumps(path), SpertFormat())
    except ConfigurationError:
        return
    assert isinstance(file, str)
    assert callable(corpus_format.read)


@pytest.mark.parametrize("name", [".", ".spert", "..spert", "a.b", "spertt"])
def test_a_name_of_no_format_is_a_configuration_error(name):
    for value in (name, {"type": name}, {"type": "filtered", "format": {"type": name}}):
        with pytest.raises(ConfigurationError):
            open_corpus({"file": "train", "format": value}, SpertFormat())
        with pytest.raises(ConfigurationError):
            corpus_format(json.dumps({"type": name}))

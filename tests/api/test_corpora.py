"""Corpora in Python programs."""

import pytest
from allennlp.common.checks import ConfigurationError

import bio_ie
from bio_ie.data.corpora import PubtatorFormat
from bio_ie.files.corpus_error import CorpusError
from tests.commands.command_server import ROOT

PUBTATOR = ROOT / "fixtures/corpora/pubtator/cdr_like.PubTator.txt"


@pytest.mark.parametrize("format", ["pubtator", {"type": "pubtator"}, PubtatorFormat()])
def test_a_corpus_is_read_and_written(format, tmp_path):
    documents = list(bio_ie.read(PUBTATOR, format))
    assert documents
    assert all(isinstance(document, bio_ie.Document) for document in documents)
    report = bio_ie.write(documents, tmp_path / "a.jsonl")
    assert f"{len(documents)} documents" in str(report)
    assert list(bio_ie.read(tmp_path / "a.jsonl")) == documents


def test_a_part_of_a_corpus_is_read():
    whole = list(bio_ie.read(PUBTATOR, "pubtator"))
    data = {"file": str(PUBTATOR), "format": "pubtator", "fold": 0, "num_folds": 2}
    parts = [list(bio_ie.read({**data, "split": split})) for split in ("train", "test")]
    assert 0 < len(parts[0]) < len(whole)
    assert sorted(d.id for part in parts for d in part) == sorted(d.id for d in whole)


def test_what_cannot_be_read_is_an_error():
    with pytest.raises(ConfigurationError, match="pubtatr"):
        bio_ie.read(PUBTATOR, "pubtatr")
    with pytest.raises(CorpusError, match="no_file"):
        list(bio_ie.read("no_file.jsonl"))

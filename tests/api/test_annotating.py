"""Corpora of any size in Python programs."""

import pytest
from allennlp.common.checks import ConfigurationError

import bio_ie
from bio_ie.annotation.job import ShardDone
from bio_ie.files.corpus_error import CorpusError
from tests.commands.command_server import ROOT

ARCHIVE = ROOT / "fixtures/archives/joint_ner_re/model.tar.gz"
ABSTRACTS = ROOT / "fixtures/demo/abstracts.jsonl"
PIPELINE = {"steps": [{"type": "archive", "archive": str(ARCHIVE)}]}


def test_a_run_is_made_and_continued(tmp_path):
    done = []
    summary = bio_ie.annotate(
        PIPELINE, [ABSTRACTS], tmp_path / "out", shard_size=3, watch=done.append
    )
    number = len(list(bio_ie.read(ABSTRACTS)))
    assert summary.counts["documents"] == number
    assert sum(isinstance(part, ShardDone) for part in done) == summary.made == -(-number // 3)
    assert [d.id for d in bio_ie.read(tmp_path / "out", "annotated")] == [
        d.id for d in bio_ie.read(ABSTRACTS)
    ]
    again = bio_ie.annotate(PIPELINE, ABSTRACTS, tmp_path / "out", shard_size=3)
    assert (again.made, again.kept) == (0, summary.made)


@pytest.mark.parametrize(
    "settings, error, message",
    [
        ({"inputs": "no_file.jsonl"}, CorpusError, "there is no such file"),
        ({"pipeline": {"steps": []}}, ConfigurationError, "at least one step"),
        ({"pipeline": "no.jsonnet"}, ConfigurationError, "no.jsonnet"),
        ({"from_format": "jsonll"}, ConfigurationError, "jsonll"),
        ({"to_format": "csv"}, ConfigurationError, "to_format must be one of"),
        ({"shard_size": 0}, ConfigurationError, "shard_size must be positive"),
        ({"on_error": "skip"}, ConfigurationError, "on_error must be None or 'raise'"),
    ],
)
def test_wrong_settings_are_errors(settings, error, message, tmp_path):
    usual = {"pipeline": PIPELINE, "inputs": ABSTRACTS, "output": tmp_path / "out"}
    with pytest.raises(error, match=message):
        bio_ie.annotate(**{**usual, **settings})
    assert not (tmp_path / "out").exists()

import pytest
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError

from bio_ie.data.corpora import ConcatenatedFormat, CorpusFormat, I2b2Format
from bio_ie.files.corpus_report import CorpusReport


def test_corpora_of_several_formats_follow_one_another(fixtures_folder):
    corpus_format = CorpusFormat.from_params(
        Params(
            {
                "type": "concatenated",
                "format": "i2b2",
                "corpora": [
                    "i2b2",
                    {"file": "lstm_er", "format": "lstm_er"},
                    {"file": "ade/DRUG-AE.rel", "format": {"type": "ade", "group_by": "sentence"}},
                ],
            }
        )
    )
    report = CorpusReport()
    documents = list(corpus_format.read(fixtures_folder / "corpora", report))
    assert [document.id for document in documents[:5]] == [
        "visit-1", "visit-2", "harrow", "memo", "90000001.1"
    ]  # fmt: skip
    assert report.documents == len(documents) == 9
    assert not corpus_format.streams


def test_repeated_ids_are_told_apart_with_one_warning(fixtures_folder, caplog):
    corpus_format = ConcatenatedFormat(["i2b2"] * 3, I2b2Format())
    documents = list(corpus_format.read(fixtures_folder / "corpora"))
    assert [document.id for document in documents] == [
        "visit-1", "visit-2", "visit-1#2", "visit-2#2", "visit-1#3", "visit-2#3"
    ]  # fmt: skip
    assert documents[0].mentions == documents[2].mentions
    assert len([record for record in caplog.records if record.levelname == "WARNING"]) == 1


def test_losses_of_all_corpora_are_reported(tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.jsonl").write_text('{"id": "1", "text": "a"}\n{\n')
    jsonl = CorpusFormat.from_params(Params({"type": "jsonl", "on_error": "skip"}))
    report = CorpusReport()
    documents = list(ConcatenatedFormat(["a.jsonl", "b.jsonl"], jsonl).read(tmp_path, report))
    assert len(documents) == 2
    assert sum(report.lost.values()) == 2


@pytest.mark.parametrize("corpora", [[], "a,b", {"file": "a"}])
def test_corpora_must_be_a_list(corpora):
    with pytest.raises(ConfigurationError, match="list of one or more corpora"):
        ConcatenatedFormat(corpora)

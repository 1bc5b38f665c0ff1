import sys

import pytest
from allennlp.commands import main

import bio_ie  # noqa: F401 - registers the commands
from bio_ie.data.corpora import BlindedTsvFormat, FilteredFormat

HEADER = "index\tsentence\tlabel\n"
TEST = [
    "Variants of @GENE$ were frequent in @DISEASE$ families.",
    "@GENE$ does not cause @DISEASE$.",
    "A variant of @GENE$ was found in nine out of ten patients with @DISEASE$ and VDR.",
]
TRAIN = [
    "variants of @GENE$ were frequent in @DISEASE$ families",
    "A variant of @GENE$ was found in nine out of ten patients with asthma and @DISEASE$.",
]


@pytest.fixture
def files(tmp_path):
    test, train = tmp_path / "test.tsv", tmp_path / "train.tsv"
    test.write_text(HEADER + "".join(f"{n}\t{text}\t1\n" for n, text in enumerate(TEST)))
    train.write_text("".join(f"{text}\t0\n" for text in TRAIN))
    return test, train


def test_they_are_counted_and_can_be_left_out(files, tmp_path, monkeypatch, capsys):
    test, train = files
    output = tmp_path / "seen.txt"
    arguments = [test, train, "--from", "blinded_tsv", "--output", output]
    monkeypatch.setattr(sys, "argv", ["bio-ie", "near-duplicates", *map(str, arguments)])
    main(prog="bio-ie")
    printed = capsys.readouterr().out
    assert "2 of 3 documents (66.7%) with a near duplicate, 1 of them with a duplicate" in printed
    assert output.read_text().split() == ["test.0", "test.2"]
    (left,) = FilteredFormat(BlindedTsvFormat(), exclude_documents=str(output)).read(test)
    assert left.id == "test.1"

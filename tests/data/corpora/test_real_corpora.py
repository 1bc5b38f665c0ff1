"""Reads the published corpora: their counts are right, and nothing is lost on the way."""

import gzip
from collections import Counter
from pathlib import Path
from typing import List, Tuple

import pytest

from bio_ie.data.corpora import CorpusFormat
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.text.document import Document

CDR = ["CDR_TrainingSet", "CDR_DevelopmentSet"]


def read(path: Path, on_error: str = "raise") -> Tuple[List[Document], CorpusReport]:
    report = CorpusReport()
    return list(CorpusFormat.by_name("pubtator")(on_error=on_error).read(path, report)), report


@pytest.mark.parametrize(
    ("name", "mentions", "facts"), [(CDR[0], 9385, 1038), (CDR[1], 9591, 1012)]
)
def test_bc5cdr_counts_and_bytes(
    name: str, mentions: int, facts: int, corpus_folder: Path, tmp_path: Path
) -> None:
    path = corpus_folder / "bc5cdr" / f"{name}.PubTator.txt.gz"
    documents, report = read(path)
    assert (report.documents, report.mentions, report.facts) == (500, mentions, facts)
    assert not report.lost
    CorpusFormat.by_name("pubtator")().write(documents, tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == gzip.decompress(path.read_bytes())


def test_bc5cdr_missing_and_composite_ids(corpus_folder: Path) -> None:
    kinds: Counter[int] = Counter()
    for name in CDR:
        for document in read(corpus_folder / "bc5cdr" / f"{name}.PubTator.txt.gz")[0]:
            kinds.update(min(len(mention.concept_ids), 2) for mention in document.mentions)
    # There are 198 composite ids. One of them lists a missing id: D000001|-1.
    assert kinds[0] == 135
    assert kinds[2] == 197


def test_medmentions_sample_comes_back(corpus_folder: Path, tmp_path: Path) -> None:
    path = corpus_folder / "medmentions" / "sample_3docs.PubTator.txt"
    documents, report = read(path)
    assert (report.documents, report.mentions) == (3, 115)
    assert all(m.concept_ids[0].startswith("C") for d in documents for m in d.mentions)
    CorpusFormat.by_name("pubtator")().write(documents, tmp_path / "x")
    assert (tmp_path / "x").read_bytes().rstrip() == path.read_bytes().rstrip()


def test_pubtator_central_sample_has_two_mentions_of_a_placeholder(
    corpus_folder: Path, tmp_path: Path
) -> None:
    documents, report = read(
        corpus_folder / "ctd_bran" / "bioconcepts2pubtator_offsets.sample.gz", "skip"
    )
    # Both files annotate "NO ABSTRACT" in documents without an abstract.
    assert report.lost == {"offsets are reversed or outside the text": 2}
    assert (report.documents, report.mentions) == (651, 7537)
    written = CorpusFormat.by_name("pubtator")().write(documents, tmp_path / "x")
    assert read(tmp_path / "x")[0] == documents
    assert not written.lost


@pytest.mark.parametrize("name", ["bioc_xml", "bioc_json", "jsonl"])
def test_bc5cdr_through_formats_that_hold_all_of_it(
    name: str, corpus_folder: Path, tmp_path: Path
) -> None:
    documents, _ = read(corpus_folder / "bc5cdr" / f"{CDR[0]}.PubTator.txt.gz")
    corpus_format = CorpusFormat.by_name(name)()
    report = corpus_format.write(documents[:200], tmp_path / "x")
    assert list(corpus_format.read(tmp_path / "x")) == documents[:200]
    assert not report.lost


def test_bc5cdr_through_brat_loses_passages_and_facts_only(
    corpus_folder: Path, tmp_path: Path
) -> None:
    documents, _ = read(corpus_folder / "bc5cdr" / f"{CDR[0]}.PubTator.txt.gz")
    brat = CorpusFormat.by_name("brat")()
    report = brat.write(documents, tmp_path / "x")
    assert report.lost == {"passages cannot be written": 1000, "facts cannot be written": 1038}
    back = {document.id: document for document in brat.read(tmp_path / "x")}
    for document in documents:
        assert back[document.id].mentions == document.mentions

"""A parser reads any file or raises `CorpusError`, and the documents that it reads are valid."""

import gzip
import json
import shutil
import tempfile
from pathlib import Path
from typing import List, Tuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bio_ie.data.corpora import CorpusFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.text.document import Document
from tests.data.corpora.mutations import JUNK, mutated

FILES = {
    "pubtator": "pubtator/cdr_like.PubTator.txt",
    "bioc_xml": "bioc_xml/sample.xml",
    "bioc_json": "bioc_json/sample.json",
    "brat": "brat/doc-1.ann",
    "jats": "jats/PMC9900001.nxml",
    "jsonl": "jsonl/sample.jsonl",
    "pubmed_xml": "pubmed_xml/baseline.xml",
    "sentence_jsonl": "sentence_jsonl/sentences.jsonl",
    "text": "text/notes.txt",
}

fast = settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def outcome(name: str, path: Path, on_error: str) -> Tuple[List[Document], str, CorpusReport]:
    """The documents, the error (or ""), and the report."""
    report = CorpusReport()
    documents = []
    try:
        for document in CorpusFormat.by_name(name)(on_error=on_error).read(path, report):
            documents.append(document)
    except CorpusError as error:
        return documents, str(error), report
    return documents, "", report


def read_both_ways(name: str, path: Path) -> None:
    """Checks both modes. If nothing was lost, both give the same documents. If something was lost,
    one mode raises an error and the other reports it."""
    strict, error, _ = outcome(name, path, "raise")
    lenient, lenient_error, report = outcome(name, path, "skip")
    assert lenient[: len(strict)] == strict
    assert report.documents == len(lenient)
    if error:
        assert str(path.parent) in error
        assert report.lost or "no document was found" in lenient_error
    else:
        assert (lenient, lenient_error) == (strict, "")
    for document in lenient:
        assert Document.from_json(document.to_json()) == document


def check(name: str, fixtures: Path, content: bytes, compress: bool = False) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / Path(FILES[name]).name
        path.write_bytes(gzip.compress(content, 1)[:-1] if compress else content)
        if name == "brat":
            shutil.copy(fixtures / "brat" / "doc-1.txt", folder)
        read_both_ways(name, path)


@pytest.mark.parametrize("name", FILES)
def test_damaged_files_give_corpus_errors_only(name: str, fixtures_folder: Path) -> None:
    fixtures = fixtures_folder / "corpora"
    content = (fixtures / FILES[name]).read_bytes()

    @fast
    @given(mutated(content))
    def run(damaged: bytes) -> None:
        check(name, fixtures, damaged)

    run()


@pytest.mark.parametrize("name", FILES)
def test_junk_gives_corpus_errors_only(name: str, fixtures_folder: Path) -> None:
    fixtures = fixtures_folder / "corpora"

    @fast
    @given(st.lists(JUNK, max_size=30).map(b"".join), st.booleans())
    def run(junk: bytes, compress: bool) -> None:
        check(name, fixtures, junk, compress)

    run()


KEYS = [
    "documents", "id", "passages", "offset", "text", "infons", "annotations", "type", "relations",
    "nodes", "refid", "role", "locations", "length", "sentences", "start", "end", "mentions",
    "fragments", "facts", "head", "tail", "metadata",
]  # fmt: skip

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(["", "a", "1"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=8)
    ),
    max_leaves=40,
)


@pytest.mark.parametrize("name", ["bioc_json", "jsonl"])
def test_json_of_any_shape_gives_corpus_errors_only(name: str, fixtures_folder: Path) -> None:
    @fast
    @given(JSON)
    def run(value: object) -> None:
        if name == "bioc_json":
            value = {"documents": [value]}
        check(name, fixtures_folder / "corpora", json.dumps(value).encode())

    run()

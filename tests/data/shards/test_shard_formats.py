import gzip
import sys

import pytest
from allennlp.common.checks import ConfigurationError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bio_ie.data.shards import ShardFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.text.document import Document, Mention
from tests.data.shards.documents import documents

FORMATS = ("jsonl", "parquet")
EXAMPLE = [Document("1", "Rash.", mentions=(Mention("T1", 0, 4, "Effect", ("X:1", "X:2")),))]


def test_every_format_is_tested_here():
    assert set(ShardFormat.list_available()) == set(FORMATS)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(given_documents=st.lists(documents(), max_size=3))
def test_documents_are_the_same_after_a_round_trip(name, given_documents, tmp_path_factory):
    folder = tmp_path_factory.mktemp("shard")
    shard_format = ShardFormat.by_name(name)()
    shard_format.write(given_documents, folder)
    assert list(shard_format.read(folder)) == given_documents


@pytest.mark.parametrize("name", FORMATS)
def test_same_documents_give_the_same_bytes(name, tmp_path):
    written = []
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        ShardFormat.by_name(name)().write(EXAMPLE, folder)
        written.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert written[0] == written[1]


@pytest.mark.parametrize("name", FORMATS)
def test_damaged_files_are_errors_that_name_them(name, tmp_path):
    shard_format = ShardFormat.by_name(name)()
    shard_format.write(EXAMPLE * 50, tmp_path)
    for path in tmp_path.iterdir():
        content = path.read_bytes()
        for damaged in (content[: len(content) // 2], b"", b"no table"):
            path.write_bytes(damaged)
            if damaged == b"" and name == "jsonl":
                continue  # an empty gzip file has no documents; the manifest tells
            with pytest.raises(CorpusError, match="the shard is damaged") as caught:
                list(shard_format.read(tmp_path))
            assert str(tmp_path) in str(caught.value)
        path.write_bytes(content)


def test_line_that_is_no_document_is_named(tmp_path):
    with gzip.open(tmp_path / "documents.jsonl.gz", "wt") as file:
        file.write('{"id": "1", "text": "Rash."}\n{"id": "2"}\n')
    with pytest.raises(CorpusError, match=r"documents\.jsonl\.gz:2: .*'2'"):
        list(ShardFormat.by_name("jsonl")().read(tmp_path))


def test_tables_can_be_joined(tmp_path):
    pandas = pytest.importorskip("pandas")
    mentions = (
        Mention("T1", 0, 4, "Effect", ("X:1", "X:2"), score=0.5, metadata={"step": "ner"}),
        Mention("T2", 11, 18, "Drug", metadata={"step": "ner", "more": 1}),
    )
    shard = [
        Document("7", "Rash after aspirin.", mentions=mentions),
        Document("7", "Rash.", mentions=mentions[:1]),
    ]
    ShardFormat.by_name("parquet")().write(shard, tmp_path)
    table = pandas.read_parquet(tmp_path / "mentions.parquet")
    assert list(table["document"]) == [0, 0, 1]
    assert list(table["text"]) == ["Rash", "aspirin", "Rash"]
    assert list(table["step"]) == ["ner"] * 3
    assert list(table["metadata"].fillna("")) == ["", '{"more": 1}', ""]
    links = pandas.read_parquet(tmp_path / "links.parquet")
    joined = table.merge(links, left_on=["document", "id"], right_on=["document", "mention_id"])
    assert list(joined["concept_id"]) == ["X:1", "X:2", "X:1", "X:2"]


def test_parquet_without_its_library_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ConfigurationError, match=r"bio_ie\[parquet\]"):
        ShardFormat.by_name("parquet")().write(EXAMPLE, tmp_path)

import json
import shutil

import pytest

from bio_ie.data.corpora import CorpusFormat
from bio_ie.data.shards import AnnotatedFolder, JsonlShards, Shard, ShardKey, is_annotated_folder
from bio_ie.data.shards.annotated_folder import Complete
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.corpus_report import CorpusReport
from bio_ie.files.failures import Failure
from bio_ie.text.document import Document

DOCUMENTS = [Document(str(number), f"Text {number}.") for number in range(6)]


@pytest.fixture
def folder(tmp_path):
    """Two input files, of two shards and one."""
    folder = AnnotatedFolder(tmp_path / "run")
    folder.write_run({"to": "jsonl"}, {}, ["a.jsonl", "b.jsonl"])
    for place, key in enumerate([ShardKey(0, 0), ShardKey(0, 1), ShardKey(1, 0)]):
        write(folder, key, DOCUMENTS[2 * place : 2 * place + 2])
    folder.write_complete(0, Complete(2, 4))
    folder.write_complete(1, Complete(1, 2))
    return folder


def write(folder, key, documents, failures=()):
    shard = Shard(0, len(documents), failures=list(failures))
    folder.write_shard(key, shard, documents, JsonlShards())


def read(folder, **options):
    return [
        document.id for document in CorpusFormat.by_name("annotated")(**options).read(folder.path)
    ]


def test_documents_come_in_the_order_of_the_input(folder):
    assert is_annotated_folder(folder.path)
    assert read(folder) == list("012345")
    assert [d.id for d in CorpusFormat.by_name("jsonl")().read(folder.path)] == list("012345")


def test_manifest_says_what_is_there(folder):
    shard = folder.shard(ShardKey(0, 1))
    (size,) = shard.files.values()
    assert shard.files.keys() == {"documents.jsonl.gz"}
    assert size == (folder.of_shard(ShardKey(0, 1)) / "documents.jsonl.gz").stat().st_size


def test_missing_shard_is_an_error_that_names_it(folder):
    shutil.rmtree(folder.of_shard(ShardKey(0, 1)))
    with pytest.raises(CorpusError, match=r"00000/00001: the shard is missing; the same"):
        read(folder)
    report = CorpusReport()
    documents = CorpusFormat.by_name("annotated")(on_error="skip").read(folder.path, report)
    assert [document.id for document in documents] == list("0145")
    assert sum(report.lost.values()) == 1


@pytest.mark.parametrize("content", [b"", b"short"])
def test_file_of_another_size_is_an_error_that_names_it(folder, content):
    path = folder.of_shard(ShardKey(1, 0)) / "documents.jsonl.gz"
    path.write_bytes(content)
    with pytest.raises(CorpusError, match=rf"{path}: the file has {len(content)} bytes and not"):
        read(folder)


def test_deleted_file_is_an_error_that_names_it(folder):
    path = folder.of_shard(ShardKey(1, 0)) / "documents.jsonl.gz"
    path.unlink()
    with pytest.raises(CorpusError, match=f"{path}: the file is missing"):
        read(folder)


def test_unfinished_annotation_is_read_on_demand_alone(folder):
    (folder.of_input(1) / "complete.json").unlink()
    with pytest.raises(CorpusError, match=r"b\.jsonl is not annotated to its end"):
        read(folder)
    assert read(folder, partial=True) == list("012345")


def test_failed_documents_are_errors_unless_they_are_skipped(folder):
    write(folder, ShardKey(1, 1), DOCUMENTS[:1], [Failure("9", "no such thing")])
    folder.write_complete(1, Complete(2, 4))
    with pytest.raises(CorpusError, match=r"'9'.*no such thing"):
        read(folder)
    assert read(folder, on_error="skip") == [*"012345", "0#2"]


def test_failures_are_collected_with_the_names_of_their_files(folder):
    write(folder, ShardKey(1, 1), [], [Failure("9", "no such thing"), Failure(None, "line 7")])
    assert folder.write_failures() == 2
    lines = (folder.path / "failures.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == [
        {"id": "9", "error": "no such thing", "input": "b.jsonl"},
        {"id": None, "error": "line 7", "input": "b.jsonl"},
    ]


def test_whole_shard_is_not_written_again_and_a_damaged_one_is(folder):
    key = ShardKey(0, 0)
    path = folder.of_shard(key) / "documents.jsonl.gz"
    before = path.stat().st_mtime_ns, path.read_bytes()
    write(folder, key, DOCUMENTS[:2])
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before
    path.write_bytes(b"")
    assert not folder.is_whole(key)
    write(folder, key, DOCUMENTS[:2])
    assert path.read_bytes() == before[1]
    assert folder.is_whole(key)


def test_shard_that_cannot_be_written_leaves_nothing(folder):
    class Full(JsonlShards):
        def write(self, documents, path):
            (path / "documents.jsonl.gz").write_bytes(b"half")
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match=r"No space left on device: '.*00001/00005'"):
        folder.write_shard(ShardKey(1, 5), Shard(0, 1), DOCUMENTS[:1], Full())
    assert folder.shard_numbers(1) == [0]
    names = {path.name for path in folder.of_input(1).iterdir()}
    assert names == {"00000", "complete.json"}


@pytest.mark.parametrize(
    "content, message",
    [("{", "not valid JSON"), ("[]", "not a JSON object"), ('{"version": 9}', "version 9")],
)
def test_damaged_settings_are_an_error(folder, content, message):
    (folder.path / "annotation.json").write_text(content)
    with pytest.raises(CorpusError, match=message):
        read(folder)


def test_other_folder_is_an_error(tmp_path):
    with pytest.raises(CorpusError, match="not a folder of `bio-ie annotate`"):
        list(CorpusFormat.by_name("annotated")().read(tmp_path))

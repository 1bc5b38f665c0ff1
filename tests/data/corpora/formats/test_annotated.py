"""Folders of `bio-ie annotate`; tests/data/shards/test_annotated_folder.py has more on them."""

import pytest

from bio_ie.data.corpora import CorpusFormat, JsonlFormat
from bio_ie.data.shards import AnnotatedFolder, Shard, ShardFormat, ShardKey
from bio_ie.data.shards.annotated_folder import Complete
from bio_ie.files.corpus_error import CorpusError
from bio_ie.text.document import Document

DOCUMENTS = [Document(str(number), f"Text {number}.") for number in range(5)]


@pytest.mark.parametrize("shards", ["jsonl", "parquet"])
def test_folder_is_read_in_order_as_a_file_is(shards, tmp_path):
    folder = AnnotatedFolder(tmp_path)
    folder.write_run({"to": shards}, {}, ["in.jsonl"])
    for number, some in enumerate((DOCUMENTS[:3], DOCUMENTS[3:])):
        shard_format = ShardFormat.by_name(shards)()
        folder.write_shard(ShardKey(0, number), Shard(3 * number, len(some)), some, shard_format)
    folder.write_complete(0, Complete(2, 5))
    assert list(CorpusFormat.by_name("annotated")().read(tmp_path)) == DOCUMENTS
    assert list(JsonlFormat().read(tmp_path)) == DOCUMENTS


def test_file_is_no_folder_of_annotate(tmp_path):
    (tmp_path / "some.jsonl").write_text("{}")
    with pytest.raises(CorpusError, match="not a folder of `bio-ie annotate`"):
        list(CorpusFormat.by_name("annotated")().read(tmp_path / "some.jsonl"))

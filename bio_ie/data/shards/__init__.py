"""Folders of annotated documents, cut into shards that are whole or absent."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.data.shards.annotated_folder import AnnotatedFolder, is_annotated_folder
    from bio_ie.data.shards.jsonl_shards import JsonlShards
    from bio_ie.data.shards.parquet_shards import ParquetShards
    from bio_ie.data.shards.shard import Shard, ShardKey
    from bio_ie.data.shards.shard_format import ShardFormat
else:
    __getattr__ = lazy_exports(__name__)

__all__ = [
    "AnnotatedFolder",
    "JsonlShards",
    "ParquetShards",
    "Shard",
    "ShardFormat",
    "ShardKey",
    "is_annotated_folder",
]

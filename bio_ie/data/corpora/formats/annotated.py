"""The folders of `bio-ie annotate` as a corpus."""

from typing import Any, Iterator

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.shards.annotated_folder import AnnotatedFolder, is_annotated_folder
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.failures import FAILED_PREDICTION
from bio_ie.files.source import Source
from bio_ie.text.document import Document


@CorpusFormat.register("annotated")
class AnnotatedFormat(CorpusFormat):
    """Reads the folder of `bio-ie annotate`, shard by shard: only one shard is in memory. The
    shards may be JSON lines or Parquet tables.

    Registered as a `CorpusFormat` with name "annotated". The format `jsonl` reads such folders in
    the same way. A document that failed is an error, as in a file of predictions. So is a shard
    that is missing.

    # Parameters

    partial : `bool`, optional (default = `False`)
        Read the shards that are there while `bio-ie annotate` is not complete.
    on_error
        As in every `CorpusFormat`.
    """

    streams = False  # a shard at a time

    def __init__(self, partial: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._partial = partial

    def _read(self, source: Source) -> Iterator[Document]:
        if not is_annotated_folder(source.path):
            raise source.error("not a folder of `bio-ie annotate`")
        yield from annotated_documents(source, self._partial)


def annotated_documents(source: Source, partial: bool = False) -> Iterator[Document]:
    """The documents of a folder of `bio-ie annotate`."""
    folder = AnnotatedFolder(source.path)
    try:
        for key in folder.shards(partial):
            try:
                for failure in folder.shard(key).failures:
                    source.problem(FAILED_PREDICTION, failure.error, document_id=failure.id)
                yield from folder.documents(key)
            except CorpusError as error:
                if source.on_error == "raise":
                    raise
                source.report.lose_input("a shard cannot be read", error)
    except CorpusError as error:
        if source.on_error == "raise":
            raise
        source.report.lose_input("the annotation is not complete", error)

"""Makes a shard of its input, in one process or in several, one after the other."""

import time
from typing import NamedTuple, Optional

from bio_ie.annotation.job import Chunk, Job, ShardDone
from bio_ie.annotation.pipeline import Annotated, Pipeline, build_pipeline
from bio_ie.annotation.pipeline_parts import parts_of, stages_of
from bio_ie.data.shards.annotated_folder import AnnotatedFolder
from bio_ie.data.shards.shard import Shard, counts_of
from bio_ie.data.shards.shard_format import ShardFormat
from bio_ie.files.corpus_error import CorpusError
from bio_ie.files.failures import Failure
from bio_ie.text.document import Document


class Unfinished(NamedTuple):
    """A shard that is not written yet.

    # Parameters

    chunk : `Chunk`
        Its input, without the documents.
    annotated : `Annotated`
        The documents, with what has been done so far.
    """

    chunk: Chunk
    annotated: Annotated


class ShardMaker:
    """Annotates and writes shards. The pipeline is opened with the first one.

    # Parameters

    job : `Job`
    pipeline : `Pipeline`, optional
        The pipeline of the job, if it is open already.
    stage : `int`, optional
        The number of the stage of the pipeline (`stages_of`) that `go_on` does. By default, it does
        all of them.
    """

    def __init__(
        self, job: Job, pipeline: Optional[Pipeline] = None, stage: Optional[int] = None
    ) -> None:
        self._job = job
        self._is_open = pipeline is not None
        self._pipeline = pipeline or build_pipeline(job.pipeline)
        steps = self._pipeline.steps
        self._parts = parts_of(steps) if stage is None else stages_of(steps)[stage].parts
        self._format = ShardFormat.by_name(job.to)()
        self._folder = AnnotatedFolder(job.folder)

    def __call__(self, chunk: Chunk) -> ShardDone:
        """Makes a shard."""
        unfinished = self.begin(chunk)
        self.go_on(unfinished)
        return self.write(unfinished)

    def begin(self, chunk: Chunk) -> Unfinished:
        return Unfinished(chunk._replace(items=[]), self._pipeline.begin(chunk.items))

    def go_on(self, unfinished: Unfinished) -> None:
        """Does what this process does of the pipeline."""
        if not self._is_open:
            self._pipeline.open_parts(self._parts, self._job.cuda_device)
            self._is_open = True
        self._pipeline.go_on(unfinished.annotated, self._parts)

    def write(self, unfinished: Unfinished) -> ShardDone:
        """Writes a shard of which everything else is done.

        Raises `CorpusError` if a document has failed and the job stops at failures.
        """
        chunk, annotated = unfinished
        failures = [item for item in annotated.items if isinstance(item, Failure)]
        if failures and self._job.stops_at_failure:
            name = "a document" if failures[0].id is None else f"document {failures[0].id!r}"
            raise CorpusError(f"{name} failed: {failures[0].error}")
        documents = [item for item in annotated.items if isinstance(item, Document)]
        shard = Shard(
            first=chunk.first,
            items=len(annotated.items),
            counts=counts_of(documents),
            failures=failures,
            steps=annotated.added,
            seconds={"reading": chunk.seconds, **annotated.seconds},
            position=chunk.position,
            written=time.time(),
        )
        self._folder.write_shard(chunk.key, shard, documents, self._format)
        return ShardDone(chunk.key, shard)

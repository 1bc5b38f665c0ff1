"""The base class of engines."""

from typing import Iterator, Sequence

from bio_ie.annotation.job import InputTask, Job, Result
from bio_ie.annotation.pipeline import Pipeline


class Engine:
    """Runs the work of a job: reads input files, and makes their shards. Which engine does it makes
    no difference to the shards."""

    name: str

    def run(self, job: Job, tasks: Sequence[InputTask], pipeline: Pipeline) -> Iterator[Result]:
        """Makes the missing shards of input files, in any order.

        # Parameters

        job : `Job`
        tasks : `Sequence[InputTask]`
        pipeline : `Pipeline`
            The pipeline of the job, open in this process.

        # Returns

        `Iterator[Result]`
            A `ShardDone` for each shard that was made, and an `InputEnd` for each input file.

        Raises the errors of input that cannot be read, and of files that cannot be written.
        """
        raise NotImplementedError

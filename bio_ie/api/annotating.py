"""Annotates corpora of any size."""

import os
from typing import Any, Dict, Mapping, Optional, Sequence, Union

from allennlp.common import Params
from allennlp.common.checks import ConfigurationError

from bio_ie.annotation.annotation_run import AnnotationRun, Summary, Watch
from bio_ie.annotation.engines import LocalEngine, RayEngine
from bio_ie.annotation.engines.engine import Engine
from bio_ie.annotation.input_paths import input_files
from bio_ie.annotation.job import Job
from bio_ie.annotation.pipeline import build_pipeline, check_pipeline, read_pipeline
from bio_ie.api.loading import Device, device_number
from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.shards.shard_format import ShardFormat
from bio_ie.files.trust import is_trusted, trusting
from bio_ie.training.part_check import check_part

Path = Union[str, "os.PathLike[str]"]


def annotate(
    pipeline: Union[Path, Mapping[str, Any]],
    inputs: Union[Path, Sequence[Path]],
    output: Path,
    from_format: Union[str, Mapping[str, Any]] = "jsonl",
    to_format: str = "jsonl",
    shard_size: int = 500,
    engine: Optional[Engine] = None,
    device: Device = None,
    threads: int = 1,
    on_error: Optional[str] = None,
    trust: bool = False,
    watch: Optional[Watch] = None,
) -> Summary:
    """
    Annotates a corpus of any size into a folder of shards, as `bio-ie annotate` does. The same call
    again continues a run that was stopped. `bio_ie.read(output, "annotated")` reads the folder.

    # Parameters

    pipeline : `Union[str, os.PathLike, Mapping]`
        An archive, the jsonnet file of a pipeline, or its config: `{"steps": [...]}`.
    inputs : `Union[str, os.PathLike, Sequence]`
        Files, folders or patterns.
    output : `Union[str, os.PathLike]`
        The folder to write or to continue.
    from_format : `Union[str, Mapping]`, optional (default = `"jsonl"`)
        The format of the input.
    to_format : `str`, optional (default = `"jsonl"`)
        The format of the shards, or `"parquet"`.
    shard_size : `int`, optional (default = `500`)
        The number of documents of a shard.
    engine : `Engine`, optional
        By default, a `LocalEngine`, which is this process. `RayEngine(workers=4)` is several.
    device : `Union[int, str, torch.device]`, optional
        Where a `LocalEngine` computes; see `bio_ie.load`.
    threads : `int`, optional (default = `1`)
        The threads of each worker.
    on_error : `str`, optional
        `"raise"` ends the run with the first document that fails. By default, it goes on, and the
        folder's `failures.jsonl` has those that failed.
    trust : `bool`, optional (default = `False`)
        Load an archive that could run code.
    watch : `Callable`, optional
        Is called with each shard that is made, and each input that is read to its end.

    # Returns

    `Summary`
        What the folder has: `counts`, what each of the `steps` gave, `failures`.

    Raises `ConfigurationError` for wrong settings, and `CorpusError` for input that cannot be read.
    """
    if on_error not in (None, "raise"):
        raise ConfigurationError(f"on_error must be None or 'raise', not {on_error!r}")
    for name, value in (("shard_size", shard_size), ("threads", threads)):
        if value < 1:
            raise ConfigurationError(f"{name} must be positive, not {value}")
    if to_format not in ShardFormat.list_available():
        known = ", ".join(ShardFormat.list_available())
        raise ConfigurationError(f"to_format must be one of {known}, not {to_format!r}")
    config = _pipeline_config(pipeline)
    reader = {"type": from_format} if isinstance(from_format, str) else dict(from_format)
    check_part(reader, CorpusFormat, "format")
    paths = [inputs] if isinstance(inputs, (str, os.PathLike)) else inputs
    files = input_files(
        [os.fspath(path) for path in paths], CorpusFormat.from_params(Params(dict(reader)))
    )
    job = Job(
        folder=os.path.abspath(output),
        pipeline=config,
        from_format=reader,
        to=to_format,
        shard_size=shard_size,
        stops_at_failure=on_error == "raise",
        threads=threads,
        cuda_device=0 if isinstance(engine, RayEngine) and engine.uses_gpus else -1,
        working_folder=os.getcwd(),
        trust=trust or is_trusted(),
    )
    with trusting(job.trust):
        opened = build_pipeline(config)
        opened.files()  # what is missing is found before models are loaded
        opened.open(device_number(device))
        return AnnotationRun(job, opened, files)(engine or LocalEngine(), watch)


def _pipeline_config(pipeline: Union[Path, Mapping[str, Any]]) -> Dict[str, Any]:
    if not isinstance(pipeline, Mapping):
        return read_pipeline(os.fspath(pipeline))
    config = dict(pipeline)
    check_pipeline(config)
    return config

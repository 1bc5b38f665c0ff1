"""
`bio-ie annotate PIPELINE INPUT... --output FOLDER` annotates a corpus of any size, in shards that
are whole or absent. The same command again continues.

    bio-ie annotate model.tar.gz 'pubmed/*.xml.gz' --from pubmed_xml --output runs/pubmed
    bio-ie annotate facts.jsonnet abstracts.jsonl.gz --output runs/facts --engine ray --workers 8
    bio-ie annotate --output runs/pubmed --status
    bio-ie annotate facts.jsonnet abstracts.jsonl.gz --estimate 37000000
"""

import argparse
import os
import sys
from dataclasses import replace
from typing import List, Optional

import torch
from allennlp.common.checks import ConfigurationError

from bio_ie.annotation.annotation_run import AnnotationRun, table
from bio_ie.annotation.engines.engine import Engine
from bio_ie.annotation.engines.local import LocalEngine
from bio_ie.annotation.engines.ray import RayEngine
from bio_ie.annotation.estimate import estimate, estimate_lines
from bio_ie.annotation.input_paths import input_files
from bio_ie.annotation.job import Job
from bio_ie.annotation.pipeline import Pipeline, build_pipeline, read_pipeline
from bio_ie.annotation.progress import Progress
from bio_ie.annotation.run_size import RunSize
from bio_ie.annotation.status import status_lines
from bio_ie.commands.command import Command
from bio_ie.commands.corpus_format_argument import corpus_format, format_config
from bio_ie.commands.engine_arguments import add_engine_arguments, require_ray
from bio_ie.commands.trust_argument import add_trust_argument
from bio_ie.commands.user_errors import user_errors
from bio_ie.data.shards.annotated_folder import FAILURES
from bio_ie.data.shards.shard_format import ShardFormat
from bio_ie.files.trust import is_trusted
from bio_ie.text.counted import counted

SHARD_SIZE = 500
SAMPLE = 200


@Command.register("annotate")
class Annotate(Command):
    """The command around `AnnotationRun`."""

    builds_parts = True

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        description = """Annotate a corpus of any size with a pipeline: find mentions, link them,
            find relations and facts. The output is a folder of shards, which 'facts', 'score',
            'convert' and 'render' read as they read a file. The same command continues a run that
            was stopped or killed, and gives the same shards."""
        subparser = parser.add_parser(
            self.name, description=description, help="annotate a corpus of any size"
        )
        subparser.add_argument(
            "pipeline", nargs="?", help="a jsonnet file (training_config/pipelines), or an archive"
        )
        subparser.add_argument(
            "inputs", nargs="*", help="corpus files, folders or quoted glob patterns"
        )
        subparser.add_argument(
            "--from",
            dest="from_format",
            default="jsonl",
            help="format of the input: a name, or a JSON object with 'type' and options",
        )
        subparser.add_argument("--output", help="folder to write or to continue")
        subparser.add_argument(
            "--to",
            dest="to_format",
            default="jsonl",
            help="format of the shards: jsonl, or parquet (tables for DuckDB, pandas and Spark)",
        )
        add_engine_arguments(
            subparser,
            local="annotate in this process",
            ray="in several processes of Ray, here or on a cluster",
            worker="worker",
        )
        subparser.add_argument(
            "--preparers",
            type=int,
            help="number of processes that do what needs no model, with --engine ray; 0 leaves "
            "it to the workers (default: 0 or, if workers have GPUs, the other cores)",
        )
        subparser.add_argument(
            "--cuda-device",
            type=int,
            default=-1,
            help="number of a GPU for --engine local, or -1 for the CPU",
        )
        subparser.add_argument(
            "--shard-size",
            type=int,
            default=SHARD_SIZE,
            help="documents of a shard",
        )
        subparser.add_argument(
            "-o",
            "--overrides",
            default="",
            help="changes to the pipeline as JSON, such as '{\"steps.0.batch_size\": 64}'",
        )
        subparser.add_argument(
            "--on-error",
            choices=("raise", "skip"),
            help="what to do with a document that fails: stop, or count it as no failure of the "
            f"run (default: write it to {FAILURES}, go on, and exit with status 1 at the end)",
        )
        subparser.add_argument(
            "--status", action="store_true", help="print how far the run of --output is, and end"
        )
        subparser.add_argument(
            "--estimate",
            type=int,
            metavar="N",
            help="annotate a sample, print the time of each stage and of N documents, and end",
        )
        subparser.add_argument(
            "--sample",
            type=int,
            default=SAMPLE,
            help="documents of the sample of --estimate",
        )
        add_trust_argument(subparser, annotate_from_args)
        return subparser


def annotate_from_args(args: argparse.Namespace) -> None:
    """Runs `AnnotationRun` for the command line. Exits with status 1 for bad input, and if
    documents failed."""
    with user_errors():
        if args.status:
            _require(args.output, "--status needs --output, the folder of the run")
            print("\n".join(status_lines(args.output)))
            return
        _require(args.pipeline, "a pipeline is needed: a jsonnet file or an archive")
        _require(args.inputs, "an input is needed: files, folders or patterns")
        _check(args)
        inputs = input_files(args.inputs, corpus_format(args.from_format))
        job = _job(args)
        pipeline = build_pipeline(job.pipeline)
        pipeline.files()  # what is missing is found before models are loaded
        engine = None if args.estimate is not None else _engine(args)
        pipeline.open(args.cuda_device)
        if engine is None:
            job = replace(job, cuda_device=args.cuda_device)  # this process annotates the sample
            found = estimate(job, pipeline, inputs, args.sample)
            print("\n".join(estimate_lines(found, args.estimate, job)))
            return
        failures = _run(args, job, pipeline, inputs, engine)
    if failures:
        where = os.path.join(args.output, FAILURES)
        print(f"{counted(failures, 'document')} failed, see {where}", file=sys.stderr)
        if args.on_error is None:
            sys.exit(1)


def _run(
    args: argparse.Namespace, job: Job, pipeline: Pipeline, inputs: List[str], engine: Engine
) -> int:
    run = AnnotationRun(job, pipeline, inputs)
    progress = Progress(_size(run))
    try:
        summary = run(engine, progress)
    finally:
        progress.close()
    kept = f", {summary.kept:,} were there" if summary.kept else ""
    print(f"wrote {args.output}: {counted(summary.made, 'shard')} made{kept}")
    print("\n".join(table(summary)))
    for name, added in summary.steps.items():
        if summary.counts.get("documents") and not any(added.values()):
            print(f"warning: step {name!r} has found nothing in any document", file=sys.stderr)
    return summary.failures


def _size(run: AnnotationRun) -> RunSize:
    """The input of a run, with what earlier runs have done of it."""
    size = RunSize(run.planned_inputs())
    for number in range(len(run.folder.inputs())):
        if run.folder.complete(number) is not None:
            size.end(number)
    for key in run.folder.shards(partial=True):
        if run.folder.is_whole(key):
            size.add(key, run.folder.shard(key))
    return size


def _require(value: object, message: str) -> None:
    if not value:
        raise ConfigurationError(message)


def _check(args: argparse.Namespace) -> None:
    for name in ("shard_size", "threads", "sample", "estimate", "workers"):
        value = getattr(args, name)
        if value is not None and value < 1:
            raise ConfigurationError(f"--{name.replace('_', '-')} must be positive, not {value}")
    if args.estimate is None:
        _require(args.output, "--output is needed, the folder to write")
        if os.path.exists(args.output) and not os.path.isdir(args.output):
            raise ConfigurationError(f"--output {args.output} is a file, not a folder")
    known = ShardFormat.list_available()
    if args.to_format not in known:
        raise ConfigurationError(f"--to must be one of {', '.join(known)}, not {args.to_format!r}")
    require_ray(args, "preparers")
    if args.preparers is not None and args.preparers < 0:
        raise ConfigurationError(f"--preparers must not be negative: {args.preparers}")
    if args.engine == "ray" and args.cuda_device >= 0:
        raise ConfigurationError("--cuda-device is for --engine local; use --gpus-per-worker")
    if args.cuda_device >= torch.cuda.device_count():
        raise ConfigurationError(
            f"--cuda-device {args.cuda_device} does not exist: torch sees "
            f"{counted(torch.cuda.device_count(), 'GPU')}"
        )


def _job(args: argparse.Namespace) -> Job:
    return Job(
        folder=os.path.abspath(args.output or "."),
        pipeline=read_pipeline(args.pipeline, args.overrides),
        from_format=format_config(args.from_format),
        to=args.to_format,
        shard_size=args.shard_size,
        stops_at_failure=args.on_error == "raise",
        threads=args.threads,
        # Ray shows each worker its own GPUs alone.
        cuda_device=0 if args.gpus_per_worker else args.cuda_device,
        working_folder=os.getcwd(),
        trust=is_trusted(),
        include_packages=tuple(name for name in args.include_package if name != "bio_ie"),
    )


def _engine(args: argparse.Namespace) -> Engine:
    if args.engine == "local":
        return LocalEngine()
    cores = os.cpu_count() or 1
    workers: Optional[int] = args.workers
    if workers is None:
        if args.address is not None:
            raise ConfigurationError("--address needs --workers")
        workers = max(1, cores // args.threads)
    preparers = args.preparers
    if preparers is None:
        # One core reads the input.
        others = cores // args.threads - workers - 1
        preparers = max(1, others) if args.gpus_per_worker and args.address is None else 0
    return RayEngine(workers, args.address, args.gpus_per_worker, preparers)

"""The options of the commands that can use Ray."""

import argparse

from allennlp.common.checks import ConfigurationError

OF_RAY = ("workers", "address", "gpus_per_worker")


def add_engine_arguments(
    parser: argparse.ArgumentParser, local: str, ray: str, worker: str
) -> None:
    """Adds `--engine`, `--workers`, `--address`, `--threads` and `--gpus-per-worker`.

    # Parameters

    parser : `ArgumentParser`
    local, ray : `str`
        What the two engines do.
    worker : `str`
        What works side by side, such as `"worker"`.
    """
    parser.add_argument(
        "--engine", choices=("local", "ray"), default="local", help=f"{local}, or {ray}"
    )
    parser.add_argument(
        "--workers", type=int, help=f"number of {worker}s side by side, with --engine ray"
    )
    parser.add_argument(
        "--address", help="address of a Ray cluster, or auto (default: Ray is started here)"
    )
    parser.add_argument("--threads", type=int, default=1, help=f"threads of each {worker}")
    parser.add_argument(
        "--gpus-per-worker",
        type=float,
        default=0,
        help=f"GPUs of each {worker}, with --engine ray; .5 if two share one",
    )


def require_ray(args: argparse.Namespace, *others: str) -> None:
    """Raises `ConfigurationError` if options of Ray are given without `--engine ray`. `others` are
    options of the command that count as such, too."""
    if args.engine == "ray":
        return
    for name in (*OF_RAY, *others):
        value = getattr(args, name)
        if value and not (name == "threads" and value == 1):
            raise ConfigurationError(f"--{name.replace('_', '-')} needs --engine ray")

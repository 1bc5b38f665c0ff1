"""Trains several experiments at the same time, each in a process of Ray."""

import os
from pathlib import Path
from typing import Any, Dict, Mapping, Optional, Sequence

import torch
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.common.util import import_module_and_submodules

from bio_ie.files.trust import is_trusted, trusting
from bio_ie.processes.ray import ray_library, ray_session, sendable

RESTARTS = 3
"""How often a training is continued whose process has died."""


def train_or_continue(params: Params, folder: str) -> None:
    """Trains an experiment in a folder, and continues a training that was begun there."""
    train_model(
        params,
        folder,
        recover=(Path(folder) / "config.json").exists(),
        include_package=["bio_ie"],
        return_model=False,
    )


class SideBySide:
    """
    Trains experiments side by side with Ray, as many as there are workers. A training whose process
    dies is continued by another one.

    # Parameters

    workers : `int`
        The number of trainings at the same time.
    threads : `int`, optional (default = `1`)
        The threads of each training.
    gpus_per_worker : `float`, optional (default = `0`)
        The GPUs of each training; .5 if two share one.
    address : `str`, optional
        See `ray_session`. The processes of a cluster need the same files under the same paths.
    include_packages : `Sequence[str]`, optional (default = `()`)
        Packages with parts of the user's.

    Raises `ConfigurationError` if Ray is not installed.
    """

    def __init__(
        self,
        workers: int,
        threads: int = 1,
        gpus_per_worker: float = 0,
        address: Optional[str] = None,
        include_packages: Sequence[str] = (),
    ) -> None:
        for name, value in (("workers", workers), ("threads", threads)):
            if value < 1:
                raise ConfigurationError(f"--{name} must be positive, not {value}")
        if gpus_per_worker < 0:
            raise ConfigurationError(f"--gpus-per-worker must not be negative: {gpus_per_worker}")
        ray_library()
        self._workers = workers
        self._threads = threads
        self._gpus = gpus_per_worker
        self._address = address
        self._packages = tuple(include_packages)

    def train(self, experiments: Mapping[str, Mapping[str, Any]]) -> None:
        """Trains experiments. If one fails, the others are trained to their end.

        # Parameters

        experiments : `Mapping[str, Mapping[str, Any]]`
            The config of each experiment, by the folder to train it in.

        Raises the error of the first experiment that failed.
        """
        if not experiments:
            return
        with ray_session(self._workers * self._threads, self._address) as ray:
            train = ray.remote(
                num_cpus=self._threads, num_gpus=self._gpus or None, max_retries=RESTARTS
            )(_train)
            options = {
                "threads": self._threads,
                "working_folder": os.getcwd(),
                "trust": is_trusted(),
                "packages": self._packages,
            }
            waiting = list(experiments.items())
            running: Dict[Any, str] = {}
            errors: Dict[str, Exception] = {}
            while waiting or running:
                # Ray may have more CPUs than are wanted.
                while waiting and len(running) < self._workers:
                    folder, config = waiting.pop(0)
                    running[train.remote(folder, dict(config), **options)] = folder
                (done, *_), _ = ray.wait(list(running), num_returns=1)
                folder = running.pop(done)
                error = ray.get(done)
                if error is not None:
                    errors[folder] = error
        for error in errors.values():
            raise error


def _train(
    folder: str,
    config: Dict[str, Any],
    threads: int,
    working_folder: str,
    trust: bool,
    packages: Sequence[str],
) -> Optional[Exception]:
    """Trains one experiment, in a process of Ray. Returns what went wrong."""
    try:
        os.chdir(working_folder)
        import_module_and_submodules("bio_ie")
        for package in packages:
            import_module_and_submodules(package)
        torch.set_num_threads(threads)
        with trusting(trust):
            train_or_continue(Params(config), folder)
    except Exception as error:
        return sendable(error)
    return None

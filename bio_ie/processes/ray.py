"""Connects to Ray, which runs functions in other processes, here or on a cluster."""

import contextlib
import logging
import os
import pickle
import signal
import threading
from typing import Any, Dict, Iterator, Optional

from allennlp.common.checks import ConfigurationError

logger = logging.getLogger(__name__)


def ray_library() -> Any:
    """The library Ray, with Ray Data.

    Raises `ConfigurationError` if it is not installed.
    """
    # Otherwise Ray's own core prints what concerns nobody but its makers.
    os.environ.setdefault("RAY_BACKEND_LOG_LEVEL", "fatal")
    try:
        import ray
        import ray.data
    except ImportError as error:
        raise ConfigurationError(
            f"the engine ray needs the library Ray: pip install 'bio_ie[ray]' ({error})"
        ) from error
    return ray


@contextlib.contextmanager
def ray_session(cpus: int, address: Optional[str] = None) -> Iterator[Any]:
    """A context manager in which Ray is there. It gives the library.

    # Parameters

    cpus : `int`
        The number of CPUs that are needed at least, if Ray is started here. Ray is told that there
        are so many even if the machine has fewer.
    address : `str`, optional
        The address of a cluster (`auto`: the one on this machine). By default, Ray is started on
        this machine, and ends with the session, unless this process has started it already.

    Raises `ConfigurationError` if there is no such cluster.
    """
    ray = ray_library()
    logging.getLogger("ray").setLevel(logging.WARNING)
    logging.getLogger("ray.data").setLevel(logging.ERROR)
    if ray.is_initialized() and address is None:
        yield ray  # what the caller has started stays
        return
    options: Dict[str, Any] = {"logging_level": logging.ERROR, "log_to_driver": False}
    if address is None:
        options["num_cpus"] = max(os.cpu_count() or 1, cpus)
        options["include_dashboard"] = False
    try:
        with _silent(), _own_signals():
            # Without "local", Ray would connect to any cluster that it finds on this machine.
            ray.init(address=address or "local", **options)
    except ConnectionError as error:
        raise ConfigurationError(f"--address {address}: no Ray cluster: {error}") from error
    try:
        yield ray
    finally:
        ray.shutdown()


def warn_of_few(ray: Any, cpus: float, gpus: float = 0) -> None:
    """Warns if a session has fewer CPUs or GPUs than what is about to start needs at a time. Ray
    waits in silence until there are more."""
    there = ray.cluster_resources()
    for name, needed in (("CPU", cpus), ("GPU", gpus)):
        if there.get(name, 0) < needed:
            logger.warning(
                "Ray has %g %ss, and %g are needed: some of the work waits, perhaps for ever, "
                "until there are more",
                there.get(name, 0),
                name,
                needed,
            )


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """A context manager in which nothing gets to standard error, not even from Ray's own core. What
    goes wrong when Ray starts is an exception."""
    kept = os.dup(2)
    with open(os.devnull, "wb") as nowhere:
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)


@contextlib.contextmanager
def _own_signals() -> Iterator[None]:
    """A context manager that restores how this process handles signals. Ray's core would abort on
    SIGTERM."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            if handler is not None:
                signal.signal(number, handler)


def sendable(error: Exception) -> Exception:
    """An error that can be raised in another process. Ray would wrap it into the text of a remote
    traceback, so workers return errors instead."""
    logger.error("a worker failed", exc_info=error)
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(f"{type(error).__name__}: {error}")
    return error

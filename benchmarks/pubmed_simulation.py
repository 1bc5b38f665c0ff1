"""
Simulates how long `bio-ie annotate` takes for all of PubMed on machines with GPUs, from the costs
of its stages on a sample. It is a simulation: nothing here has run on a GPU.

    python -m benchmarks.pubmed_simulation PIPELINE abstracts.jsonl.gz       # --help for options

Measured are the CPU seconds of each stage on this machine, and the floating-point operations of the
models. The time of these operations on a GPU is an assumption: a share of what it does at best.
"""

import argparse
import heapq
import pickle
import time
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, islice, product
from typing import Any, Dict, Iterator, List, NamedTuple, Sequence, Tuple

import torch
from allennlp.models import Model
from torch.utils.flop_counter import FlopCounterMode

from bio_ie.annotation.pipeline import Pipeline, build_pipeline, read_pipeline
from bio_ie.annotation.pipeline_parts import Does, parts_of
from bio_ie.annotation.run_size import duration
from bio_ie.data.corpora import CorpusFormat
from bio_ie.files.failures import DocumentOrFailure
from bio_ie.processes.garbage import loaded_objects_stay

PUBMED = 37_000_000
SHARD = 500
IN_FLIGHT = 2
"""The shards that an actor holds at a time."""


class Costs(NamedTuple):
    """What a document costs on average.

    # Parameters

    reading, preparing : `float`
        Seconds of a core.
    shipping : `float`
        Seconds of a core on each side, if another process prepares.
    finishing : `float`
        Seconds of a core that the process of the model needs beside the model's computation: it
        makes documents and writes them.
    operations : `float`
        Floating-point operations of the models.
    """

    reading: float
    preparing: float
    shipping: float
    finishing: float
    operations: float


class Machine(NamedTuple):
    """The processes of a run. Without preparers, the workers prepare for themselves.

    # Parameters

    gpus, readers, preparers, workers : `int`
        `workers` are all of them. They share the GPUs evenly.
    """

    gpus: int
    readers: int
    preparers: int
    workers: int


# What a sample costs


@dataclass
class _Counted:
    seconds: float = 0.0
    operations: float = 0.0


def measured_costs(
    pipeline: Pipeline, path: str, from_format: str, warm_up: int, sample: int
) -> Costs:
    """Measures the documents of a file after the first `warm_up` ones, in this process."""
    seconds: Dict[str, float] = {"reading": 0.0}
    stream = CorpusFormat.by_name(from_format)().read(path)
    items: List[DocumentOrFailure] = list(islice(stream, warm_up))
    _go(pipeline, items, {}, _Counted())
    started = time.process_time()
    items = list(islice(stream, sample))
    seconds["reading"] = time.process_time() - started
    models = _Counted()
    with _measuring_models(models), loaded_objects_stay():
        _go(pipeline, items, seconds, models)
    number = len(items)
    return Costs(
        seconds["reading"] / number,
        seconds["preparing"] / number,
        seconds["shipping"] / 2 / number,
        seconds["finishing"] / number,
        models.operations / number,
    )


def _go(
    pipeline: Pipeline,
    items: Sequence[DocumentOrFailure],
    seconds: Dict[str, float],
    models: _Counted,
) -> None:
    """Annotates documents, and adds up what it takes."""
    sums = {"preparing": 0.0, "shipping": 0.0, "finishing": 0.0}
    annotated = pipeline.begin(items)
    for part in parts_of(pipeline.steps):
        is_model = part.does is Does.MODEL
        if is_model:
            with _timed(sums, "shipping"):
                annotated = pickle.loads(pickle.dumps(annotated))
        of_models = models.seconds
        with _timed(sums, "finishing" if is_model else "preparing"):
            pipeline.go_on(annotated, [part])
        sums["finishing"] -= models.seconds - of_models
    with _timed(sums, "finishing"):
        for item in annotated.items:
            item.to_json()
    seconds.update(sums)


@contextmanager
def _timed(sums: Dict[str, float], name: str) -> Iterator[None]:
    started = time.process_time()
    yield
    sums[name] += time.process_time() - started


@contextmanager
def _measuring_models(counted: _Counted) -> Iterator[None]:
    """Measures the time and the operations of all calls of models. Counting costs time, which is
    part of the time."""
    call = Model.__call__

    def counting(self: Model, *args: Any, **inputs: Any) -> Any:
        started = time.process_time()
        with FlopCounterMode(display=False) as counter:
            outputs = call(self, *args, **inputs)
        counted.operations += counter.get_total_flops()
        counted.seconds += time.process_time() - started
        return outputs

    Model.__call__ = counting  # type: ignore[method-assign]
    try:
        yield
    finally:
        Model.__call__ = call  # type: ignore[method-assign]


# What all of PubMed takes


class Outcome(NamedTuple):
    """The end of a simulation: the seconds that it took, and the share of the time in which each
    kind of processor was busy."""

    seconds: float
    busy: Dict[str, float]


def simulate(costs: Costs, gpu_speed: float, machine: Machine, documents: int) -> Outcome:
    """
    Simulates a run shard by shard. A shard is read, prepared, and finished by a worker, which needs
    its GPU for a part of that time. An actor takes the next shard when it is free, and a shard is
    handed on when the next actors have room for it.

    # Parameters

    costs : `Costs`
    gpu_speed : `float`
        The operations that a GPU does in a second.
    machine : `Machine`
    documents : `int`
    """
    apart = machine.preparers > 0
    before = 0.0 if apart else costs.preparing
    of_worker = costs.finishing + before + (costs.shipping if apart else 0.0)
    readers = [0.0] * machine.readers
    preparers = [0.0] * machine.preparers
    workers = [(0.0, number) for number in range(machine.workers)]
    gpus = [0.0] * machine.gpus
    # The times at which shards are taken from the two queues: one more is made when there is room.
    taken_by_workers = [0.0] * (IN_FLIGHT * machine.workers)
    taken_by_preparers = [0.0] * (IN_FLIGHT * machine.preparers)
    work = {"readers": 0.0, "preparers": 0.0, "workers": 0.0, "gpus": 0.0}
    end = 0.0
    for number in range(-(-documents // SHARD)):
        size = min(SHARD, documents - number * SHARD)
        room = taken_by_preparers if apart else taken_by_workers
        start = max(heapq.heappop(readers), heapq.heappop(room))
        ready = start + size * costs.reading
        heapq.heappush(readers, ready)
        work["readers"] += size * costs.reading
        if apart:
            start = max(ready, heapq.heappop(preparers))
            heapq.heappush(taken_by_preparers, start)
            own = size * (costs.preparing + costs.shipping)
            ready = max(start + own, heapq.heappop(taken_by_workers))
            heapq.heappush(preparers, ready)
            work["preparers"] += own
        free, worker = heapq.heappop(workers)
        start = max(ready, free)
        heapq.heappush(taken_by_workers, start)
        gpu = worker % machine.gpus
        on_gpu = size * costs.operations / gpu_speed
        # The GPU takes turns between the workers that share it.
        begin = max(start, gpus[gpu])
        gpus[gpu] = begin + on_gpu
        done = begin + on_gpu + size * of_worker
        heapq.heappush(workers, (done, worker))
        work["workers"] += size * of_worker + on_gpu
        work["gpus"] += on_gpu
        end = max(end, done)
    processors = {
        "readers": machine.readers,
        "preparers": machine.preparers,
        "workers": machine.workers,
        "gpus": machine.gpus,
    }
    return Outcome(
        end, {name: work[name] / end / number for name, number in processors.items() if number}
    )


def best_machine(
    costs: Costs, gpu_speed: float, gpus: int, cores: int, apart: bool
) -> Tuple[Machine, Outcome]:
    """The fastest division of cores among processes, for GPUs that have so many cores each.

    # Parameters

    apart : `bool`
        Whether preparers prepare, or the workers themselves.
    """
    found: List[Tuple[float, Machine]] = []
    for readers in range(1, 5):
        left = cores - readers
        for workers in range(1, left) if apart else (left,):
            machine = Machine(1, readers, left - workers, workers)
            found.append((simulate(costs, gpu_speed, machine, 100 * SHARD).seconds, machine))
    _, one = min(found)
    machine = Machine(*(gpus * part for part in one))
    return machine, simulate(costs, gpu_speed, machine, PUBMED)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("pipeline", help="a jsonnet file, or an archive")
    parser.add_argument("input", help="a corpus file")
    parser.add_argument("--from", dest="from_format", default="jsonl")
    parser.add_argument("-o", "--overrides", default="")
    parser.add_argument("--sample", type=int, default=400)
    parser.add_argument("--warm-up", type=int, default=200)
    parser.add_argument("--peak", type=float, default=989e12, help="operations/s of a GPU, at best")
    parser.add_argument("--share", type=float, nargs="+", default=[0.1, 0.3], help="of the peak")
    parser.add_argument("--cores", type=int, default=16, help="of the machine of each GPU")
    parser.add_argument("--reading", type=float, help="documents/s, in place of the input's")
    args = parser.parse_args()
    torch.set_num_threads(1)
    pipeline = build_pipeline(read_pipeline(args.pipeline, args.overrides))
    pipeline.open()
    costs = measured_costs(pipeline, args.input, args.from_format, args.warm_up, args.sample)
    if args.reading:
        costs = costs._replace(reading=1 / args.reading)
    print("\n".join(chain(cost_lines(costs), table(costs, args.peak, args.share, args.cores))))


def cost_lines(costs: Costs) -> Iterator[str]:
    for name, value in costs._asdict().items():
        if name == "operations":
            yield f"{name}: {value / 1e9:,.1f} GFLOP a document"
        else:
            yield f"{name}: {1e3 * value:,.2f} ms a document"


def table(costs: Costs, peak: float, shares: Sequence[float], cores: int) -> Iterator[str]:
    yield "| GPUs | share of the peak | readers | preparers | workers | all of PubMed | busy |"
    yield "|---|---|---|---|---|---|---|"
    for gpus, share, apart in product((1, 8), shares, (False, True)):
        machine, outcome = best_machine(costs, share * peak, gpus, cores, apart)
        busy = ", ".join(f"{name} {value:.0%}" for name, value in outcome.busy.items())
        yield (
            f"| {gpus} | {share:.0%} | {machine.readers} | {machine.preparers} | "
            f"{machine.workers} | {duration(outcome.seconds)} | {busy} |"
        )


if __name__ == "__main__":
    main()

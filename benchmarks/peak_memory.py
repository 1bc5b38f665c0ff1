"""Measures the most memory that a computation takes."""

from typing import Any, Callable

import torch
from torch.profiler import ProfilerActivity, profile


def peak_memory(run: Callable[[], Any], device: str = "cpu") -> int:
    """The most bytes of the device's memory that tensors hold at once while `run` runs, without the
    bytes that were held before. All allocations of torch are counted, including those that
    operations need temporarily. So the number is the same every time, whatever else the machine and
    the process do."""
    if torch.device(device).type == "cuda":
        torch.cuda.reset_peak_memory_stats()
        before = torch.cuda.memory_allocated()
        run()
        return torch.cuda.max_memory_allocated() - before
    with profile(activities=[ProfilerActivity.CPU], profile_memory=True) as profiler:
        run()
    kineto = profiler.profiler
    assert kineto is not None
    assert kineto.kineto_results is not None
    events = [event for event in kineto.kineto_results.events() if event.name() == "[memory]"]
    held = most = 0
    for event in sorted(events, key=lambda event: event.start_ns()):
        held += event.nbytes()
        most = max(most, held)
    return most

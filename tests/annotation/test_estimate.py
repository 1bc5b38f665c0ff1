"""How long a run takes."""

import pytest

from bio_ie.annotation import estimate
from bio_ie.annotation.estimate import Estimate, estimate_lines
from bio_ie.annotation.job import Job

SECONDS = {
    "reading": 0.5,
    "names": 4.0,
    "joint (preparing)": 5.0,
    "joint (model)": 1.5,
    "writing": 0.5,
}


@pytest.fixture(autouse=True)
def cores(monkeypatch):
    monkeypatch.setattr(estimate.os, "cpu_count", lambda: 4)


def lines(**settings):
    job = Job(folder=".", pipeline={}, from_format={}, **settings)
    return estimate_lines(Estimate(100, SECONDS), 7200, job)


def test_workers_do_all_of_the_work():
    assert lines()[-5:] == [
        f"  together {8.7:>28}",
        "the slowest stage is 'joint (preparing)'",
        "7,200 documents: 14 min with one worker",
        "  with 4 workers on the 4 cores of this machine (--engine ray --workers 4): 3 min at best",
        "  one file is read as fast as 22 workers can annotate it; several files are read at the "
        "same time",
    ]


def test_preparers_feed_a_gpu():
    # 9 s of preparing for 2 s of the model and of writing: 5 preparers. Two of them, which need
    # 4.5 s for 100 documents, leave a core for the model, and one for reading.
    assert lines(cuda_device=0)[-1] == (
        "  5 preparers would keep the GPU busy; with 2 preparers on the 4 cores of this machine "
        "(--engine ray --workers 1 --gpus-per-worker 1 --preparers 2): 5 min at best"
    )

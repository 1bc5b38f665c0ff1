import signal
import sys

import pytest
from allennlp.common.checks import ConfigurationError

from bio_ie.files.corpus_error import CorpusError
from bio_ie.processes import ray_library, ray_session, sendable


def test_missing_library_is_an_error_that_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ConfigurationError, match=r"pip install 'bio_ie\[ray\]'"):
        ray_library()


def test_cluster_that_is_not_there_is_an_error(monkeypatch):
    ray = pytest.importorskip("ray", reason="Ray is not installed")

    def refuse(**options):
        raise ConnectionError("Could not find any running Ray instance")

    monkeypatch.setattr(ray, "init", refuse)
    with (
        pytest.raises(ConfigurationError, match="--address auto: no Ray cluster: Could not find"),
        ray_session(1, "auto"),
    ):
        pass


def test_what_the_caller_has_started_stays(monkeypatch):
    ray = pytest.importorskip("ray", reason="Ray is not installed")
    calls = []
    monkeypatch.setattr(ray, "is_initialized", lambda: True)
    monkeypatch.setattr(ray, "init", lambda **options: calls.append("init"))
    monkeypatch.setattr(ray, "shutdown", lambda: calls.append("shutdown"))
    with ray_session(2) as given:
        assert given is ray
    assert calls == []


def test_other_clusters_of_the_machine_are_left_alone(monkeypatch):
    ray = pytest.importorskip("ray", reason="Ray is not installed")
    asked = []
    monkeypatch.setattr(ray, "init", lambda **options: asked.append(options))
    monkeypatch.setattr(ray, "shutdown", lambda: None)
    with ray_session(7):
        pass
    with ray_session(7, "10.0.0.1:6379"):
        pass
    assert [options["address"] for options in asked] == ["local", "10.0.0.1:6379"]
    assert asked[0]["num_cpus"] >= 7
    assert "num_cpus" not in asked[1]  # which Ray refuses for a cluster that is there


def test_signals_are_handled_as_before(monkeypatch):
    ray = pytest.importorskip("ray", reason="Ray is not installed")
    monkeypatch.setattr(
        ray, "init", lambda **options: signal.signal(signal.SIGTERM, signal.SIG_DFL)
    )
    monkeypatch.setattr(ray, "shutdown", lambda: None)

    def handle(number, frame):
        pass

    before = signal.signal(signal.SIGTERM, handle)
    try:
        with ray_session(1):
            assert signal.getsignal(signal.SIGTERM) is handle
    finally:
        signal.signal(signal.SIGTERM, before)


def test_errors_can_be_sent_to_another_process():
    error = sendable(CorpusError("bad", "a.jsonl", 3))
    assert str(error) == "a.jsonl:3: bad"

    class Odd(Exception):
        def __init__(self, one, other):
            super().__init__(one)

    replaced = sendable(Odd("reason", 2))
    assert type(replaced) is RuntimeError
    assert str(replaced) == "Odd: reason"

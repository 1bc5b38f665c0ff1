"""A small training run in a process of its own, killed (-9) at a chosen moment."""

import fnmatch
import itertools
import json
import multiprocessing
import os
import re
import signal
import sys
import tarfile
from pathlib import Path
from typing import Any, Dict, NamedTuple, Optional

import _jsonnet
import torch
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.training import GradientDescentTrainer

import bio_ie  # noqa: F401

ROOT = Path(__file__).parents[2]

# One server imports everything once; each run is forked from it, away from what tests have loaded.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["bio_ie", "allennlp.commands.train", __name__])


class Moment(NamedTuple):
    """Just before a process does something to a file, or trains on a batch.

    # Parameters

    event : `str`
        An audit event of Python (`open`, `os.rename`, `os.remove`, `os.link`), or `batch`.
    name : `str`
        Pattern of the file's name; of a batch `e0_b2`, the third one of the first epoch.
    occurrence : `int`, optional (default = `1`)
    half_written : `bool`, optional (default = `False`)
        Cut the file to be renamed to half its size first.
    """

    event: str
    name: str
    occurrence: int = 1
    half_written: bool = False


def run_config(folder: Path, settings: str = "", overrides: str = "") -> Dict[str, Any]:
    """The config of `joint_ner_re` on a small corpus that is written to `folder`. `settings` and
    `overrides` are jsonnet fields: of the base config, and of what comes out of it."""
    demo = ROOT / "fixtures" / "demo"
    for name, count in (("train", 21), ("validation", 9)):
        lines = (demo / f"{name}.jsonl").read_text(encoding="utf-8").splitlines(keepends=True)
        (folder / f"{name}.jsonl").write_text("".join(lines[:count]), encoding="utf-8")
    snippet = f"""
    local base = import '{ROOT}/training_config/lib/joint_ner_re.libsonnet';
    local encoders = import '{ROOT}/training_config/lib/encoders.libsonnet';
    base {{
      encoder:: encoders.pretrained('{ROOT}/fixtures/encoders/tiny_bert', 32),
      corpus:: {{ type: 'jsonl' }},
      train_path:: '{folder}/train.jsonl',
      validation_path:: '{folder}/validation.jsonl',
      num_epochs:: 3,
      batch_size:: 4,
      encoder_lr:: 3e-3,
      cuda_device:: -1,
      {settings}
    }} {{ {overrides} }}"""
    return json.loads(_jsonnet.evaluate_snippet("run", snippet))


def run(
    config: Dict[str, Any],
    folder: Path,
    recover: bool = False,
    killed_at: Optional[Moment] = None,
) -> bool:
    """Trains in `folder`. Whether it was killed; any other failure raises `RuntimeError`."""
    process = _processes.Process(target=_train, args=(config, folder, recover, killed_at))
    process.start()
    process.join()
    if process.exitcode not in (0, -signal.SIGKILL):
        raise RuntimeError(f"training ended with exit code {process.exitcode}")
    return process.exitcode != 0


def _train(
    config: Dict[str, Any], folder: Path, recover: bool, killed_at: Optional[Moment]
) -> None:
    torch.set_num_threads(1)
    _announce_batches()
    if killed_at is not None:
        _kill_at(killed_at)
    train_model(Params(config), folder, recover=recover)


def _announce_batches() -> None:
    batch_outputs = GradientDescentTrainer.batch_outputs

    def announced(trainer: GradientDescentTrainer, batch: Any, for_training: bool) -> Any:
        if for_training:
            batch_number = trainer._batches_in_epoch_completed
            sys.audit("batch", f"e{trainer._epochs_completed}_b{batch_number}")
        return batch_outputs(trainer, batch, for_training)

    GradientDescentTrainer.batch_outputs = announced


def _kill_at(moment: Moment) -> None:
    occurrences = itertools.count(1)
    name_position = {"os.rename": 1, "os.link": 1}.get(moment.event, 0)

    def hook(event: str, arguments: Any) -> None:
        if event != moment.event:
            return
        name = os.path.basename(str(arguments[name_position]))
        if fnmatch.fnmatchcase(name, moment.name) and next(occurrences) == moment.occurrence:
            if moment.half_written:
                os.truncate(arguments[0], os.path.getsize(arguments[0]) // 2)
            os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)


def outcome(folder: Path) -> Dict[str, Any]:
    """What a run ends with: the archived weights, the last checkpoint, and all metrics except
    durations and memory, by name."""
    with tarfile.open(folder / "model.tar.gz") as archive:
        weights = archive.extractfile("weights.th")
        assert weights is not None
        found = {"weights.th": torch.load(weights)}
    found["checkpoints"] = sorted(path.name for path in folder.glob("*_state_e*.th"))
    for name in found["checkpoints"]:
        found[name] = torch.load(folder / name)
    for path in folder.glob("metrics*.json"):
        found[path.name] = {
            name: value
            for name, value in json.loads(path.read_text()).items()
            if not re.search("duration|memory_MB", name)
        }
    return found


def assert_same(left: Any, right: Any, where: str = "") -> None:
    """Equality to the bit of nested containers of tensors and numbers."""
    assert type(left) is type(right), where
    if isinstance(left, torch.Tensor):
        assert torch.equal(left, right), where
    elif isinstance(left, dict):
        assert left.keys() == right.keys(), where
        for key in left:
            assert_same(left[key], right[key], f"{where}/{key}")
    elif isinstance(left, (list, tuple)):
        assert len(left) == len(right), where
        for index, (one, other) in enumerate(zip(left, right, strict=True)):
            assert_same(one, other, f"{where}/{index}")
    else:
        assert left == right, f"{where}: {left} != {right}"

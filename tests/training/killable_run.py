"""Runs a small training in a process of its own, and kills it (-9) at a chosen moment."""

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
from random import Random
from typing import Any, Dict, Iterator, NamedTuple, Optional

import _jsonnet
import torch
from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.training import GradientDescentTrainer

import bio_ie  # noqa: F401

ROOT = Path(__file__).parents[2]

# One server process imports everything once, and each run is forked from it. So runs do not see
# what tests have loaded.
_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["bio_ie", "allennlp.commands.train", __name__])


DRUGS = ("lipom", "zagun", "tebrin", "okadol")
EFFECTS = ("rash", "deep sleep", "cough")
FRAMES = ("{drug} caused {effect}", "{effect} came after {drug}", "{drug} was safe", "no {effect}")


class Moment(NamedTuple):
    """The moment just before a process does something to a file, or trains on a batch.

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


def run_config(folder: Path, settings: str = "") -> Dict[str, Any]:
    """The config of `joint_ner_re` on a small corpus that is written to `folder`, with jsonnet
    fields to change it."""
    for name, count in (("train", 21), ("validation", 9)):
        lines = [json.dumps(document) for document in _documents(name, count)]
        (folder / f"{name}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    snippet = f"""
    local base = import '{ROOT}/training_config/lib/joint_ner_re/base.libsonnet';
    local encoders = import '{ROOT}/training_config/lib/shared/encoders.libsonnet';
    base {{
      encoder:: encoders.pretrained('{ROOT}/fixtures/encoders/tiny_bert', 32),
      corpus:: {{ type: 'jsonl' }},
      train_data_path: '{folder}/train.jsonl',
      validation_data_path: '{folder}/validation.jsonl',
      num_epochs:: 5,
      batch_size:: 2,
      encoder_lr:: 5e-3,
      cuda_device:: -1,
      model+: {{
        training_candidates: 'predicted_and_gold',
        head_feedforward+: {{ hidden_dims: 16 }},
        tail_feedforward+: {{ hidden_dims: 16 }},
      }},
    }} {{ {settings} }}"""
    return json.loads(_jsonnet.evaluate_snippet("run", snippet))


def _documents(name: str, count: int) -> Iterator[Dict[str, Any]]:
    """Writes sentences that a tiny encoder learns in a few epochs. Some of them have no
    relations."""
    random = Random(name)
    for number in range(count):
        drug, effect = random.choice(DRUGS), random.choice(EFFECTS)
        frame = random.choice(FRAMES) + " now" * random.randrange(6)
        text = frame.format(drug=drug, effect=effect)
        mentions = [
            {"id": id_, "start": text.find(word), "end": text.find(word) + len(word), "type": type_}
            for id_, word, type_ in (("T1", drug, "Drug"), ("T2", effect, "Effect"))
            if word in text
        ]
        relations = [{"type": "causes", "head": "T1", "tail": "T2"}] if len(mentions) == 2 else []
        yield {
            "id": f"{name}-{number}",
            "text": text,
            "mentions": mentions,
            "relations": relations,
        }


def run(
    config: Dict[str, Any],
    folder: Path,
    recover: bool = False,
    killed_at: Optional[Moment] = None,
) -> bool:
    """Trains in `folder`. Returns whether the run was killed. Any other failure raises
    `RuntimeError`."""
    process = _processes.Process(target=_train, args=(config, folder, recover, killed_at))
    process.start()
    process.join()
    if process.exitcode not in (0, -signal.SIGKILL):
        raise RuntimeError(_log(folder).read_text()[-2000:])
    return process.exitcode != 0


def _log(folder: Path) -> Path:
    return folder.with_suffix(".log")


def _train(
    config: Dict[str, Any], folder: Path, recover: bool, killed_at: Optional[Moment]
) -> None:
    with open(_log(folder), "wb") as log:
        os.dup2(log.fileno(), sys.stdout.fileno())
        os.dup2(log.fileno(), sys.stderr.fileno())
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
    """The results of a run, by name: the archived weights, the last checkpoint, and all metrics
    except durations and memory."""
    with tarfile.open(folder / "model.tar.gz") as archive:
        weights = archive.extractfile("weights.th")
        assert weights is not None
        found = {"weights.th": torch.load(weights)}
    found["checkpoints"] = sorted(path.name for path in folder.glob("*_state_e*.th"))
    for name in found["checkpoints"]:
        found[name] = _reproducible(torch.load(folder / name))
    for path in folder.glob("metrics*.json"):
        found[path.name] = _reproducible(json.loads(path.read_text()))
    return found


def _reproducible(value: Any) -> Any:
    if isinstance(value, list):
        return [_reproducible(part) for part in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _reproducible(part)
        for name, part in value.items()
        if not re.search("duration|memory_MB|filename", str(name))
    }


def assert_same(left: Any, right: Any, where: str = "") -> None:
    """Checks that nested containers of tensors and numbers are equal to the last bit."""
    if isinstance(left, torch.Tensor):
        assert left.dtype == right.dtype, where
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

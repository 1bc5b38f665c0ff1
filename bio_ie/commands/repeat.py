"""
`bio-ie repeat CONFIG -s FOLDER --folds 0-9` trains a config once for each fold or seed, and prints
the mean and the deviation of the scores.

    bio-ie repeat training_config/relvm/gad.jsonnet -s runs/gad --folds 1-10
    bio-ie repeat training_config/quickstart.jsonnet -s runs/seeds --seeds 1-3

If it was interrupted, the same command continues where it stopped.
"""

import argparse
import json
import logging
import os
import re
from itertools import product
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional

from allennlp.common import Params
from allennlp.common.checks import ConfigurationError
from allennlp.common.params import parse_overrides, with_overrides

from bio_ie.archives.archive_files import is_whole
from bio_ie.commands.chosen_config import chosen_config
from bio_ie.commands.command import Command
from bio_ie.commands.engine_arguments import add_engine_arguments, require_ray
from bio_ie.commands.trust_argument import add_trust_argument
from bio_ie.commands.user_errors import user_errors
from bio_ie.files.atomic_output import atomic_writer
from bio_ie.metrics.run_summary import RunSummary, run_summary, scores_of_run
from bio_ie.training.config_check import check_config
from bio_ie.training.side_by_side import SideBySide, train_or_continue

logger = logging.getLogger(__name__)

SUMMARY = "summary.json"
_NUMBERS = re.compile(r"\d+(-\d+)?(,\d+(-\d+)?)*")


@Command.register("repeat")
class Repeat(Command):
    """The command around `repeat`."""

    builds_parts = True

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        description = f"""Train a config once for each fold and each seed, and print the mean and
            the deviation of the scores. The scores are those on the test part if the config
            evaluates on it, and otherwise those on the validation part. The config must have the
            setting `fold` or `seed`, as the configs in training_config do. A complete run is not
            trained again, and an interrupted run is continued. All scores are written to {SUMMARY}
            in the folder."""
        subparser = parser.add_parser(
            self.name, description=description, help="train a config for several folds or seeds"
        )
        subparser.add_argument("config", help="a jsonnet file")
        subparser.add_argument(
            "-s",
            "--serialization-dir",
            required=True,
            help="folder to write, which gets one subfolder for each run",
        )
        subparser.add_argument("--folds", help="numbers of folds, such as 0-9 or 1,3,5")
        subparser.add_argument("--seeds", help="seeds, such as 1-3")
        subparser.add_argument(
            "-o", "--overrides", default="", help="changes to the config, as for 'train'"
        )
        add_engine_arguments(
            subparser,
            local="train the runs one after the other in this process",
            ray="side by side with Ray",
            worker="run",
        )
        add_trust_argument(subparser, repeat_from_args)
        return subparser


def repeat_from_args(args: argparse.Namespace) -> None:
    """Runs `repeat` for the command line. Exits with status 1 for bad input."""
    with user_errors():
        settings = {
            "fold": _numbers(args.folds, "--folds"),
            "seed": _numbers(args.seeds, "--seeds"),
        }
        given = {name: values for name, values in settings.items() if values}
        if not given:
            raise ConfigurationError("--folds or --seeds is needed, so that the runs differ")
        side_by_side = _side_by_side(args)
        summary = repeat(args.config, args.serialization_dir, given, args.overrides, side_by_side)
        print("\n".join(table(summary)))


def _side_by_side(args: argparse.Namespace) -> Optional[SideBySide]:
    if args.engine == "ray":
        workers = args.workers or max(1, (os.cpu_count() or 1) // max(1, args.threads))
        packages = tuple(name for name in args.include_package if name != "bio_ie")
        return SideBySide(workers, args.threads, args.gpus_per_worker, args.address, packages)
    require_ray(args, "threads")
    return None


class _Run(NamedTuple):
    name: str
    """`fold_3`, `seed_1` or `fold_3_seed_1`."""
    params: Params


def repeat(
    config: str,
    folder: str,
    settings: Dict[str, List[int]],
    overrides: str = "",
    side_by_side: Optional[SideBySide] = None,
) -> RunSummary:
    """
    Trains a config once for each combination of some settings, and summarises the scores.

    # Parameters

    config : `str`
        A jsonnet file that evaluates to an object.
    folder : `str`
        Each run is trained in its own subfolder of this folder.
    settings : `Dict[str, List[int]]`
        Settings of the config, and the values of each. There is one run for each combination.
    overrides : `str`, optional
        Changes to the config, as for AllenNLP's `train`.
    side_by_side : `SideBySide`, optional
        Trains runs in several processes. By default, they are trained one after the other.

    # Returns

    `RunSummary`

    Raises `ConfigurationError` if the config does not have a setting, or if a run was trained with
    another config.
    """
    # All runs are checked before hours are spent on training the first one.
    runs = list(_runs(config, settings, overrides))
    for run in runs:
        check_config(run.params.as_dict(quiet=True))
        _require_same_config(run, Path(folder) / run.name)
    if side_by_side is not None:
        side_by_side.train(
            {
                str(Path(folder) / run.name): run.params.as_dict(quiet=True)
                for run in runs
                if not _is_trained(Path(folder) / run.name)
            }
        )
    scores: Dict[str, Dict[str, float]] = {}
    for run in runs:
        scores[run.name] = _scores(run, Path(folder) / run.name)
        shown = "  ".join(f"{name} {value:.4f}" for name, value in scores[run.name].items())
        logger.info("%s: %s", run.name, shown)
    summary = run_summary(list(scores.values()))
    with atomic_writer(Path(folder) / SUMMARY) as file:
        file.write(json.dumps({"runs": scores, **summary._asdict()}, indent=2) + "\n")
    return summary


def _runs(config: str, settings: Dict[str, List[int]], overrides: str) -> Iterator[_Run]:
    for values in product(*settings.values()):
        chosen = dict(zip(settings, values, strict=True))
        changes = parse_overrides(overrides, dict(os.environ))
        params = Params(with_overrides(chosen_config(config, chosen), changes))
        yield _Run("_".join(f"{name}_{value}" for name, value in chosen.items()), params)


def _require_same_config(run: _Run, folder: Path) -> None:
    config = folder / "config.json"
    if not config.exists():
        return
    trained_with = _json_of(config)
    if trained_with is None:
        # AllenNLP writes the config each time that it begins or continues a run.
        whole = json.dumps(run.params.as_ordered_dict(), indent=4)
        if not whole.startswith(config.read_text("utf-8", errors="replace")):
            raise ConfigurationError(f"{config} cannot be read: delete {folder} to train it again")
        with atomic_writer(config) as file:
            file.write(whole)
    elif trained_with != run.params.as_dict(quiet=True):
        raise ConfigurationError(f"{folder} was trained with another config")


def _scores(run: _Run, folder: Path) -> Dict[str, float]:
    metrics = folder / "metrics.json"
    if not _is_trained(folder):
        train_or_continue(run.params, str(folder))
    found = scores_of_run(json.loads(metrics.read_text("utf-8")))
    if not found:
        raise ConfigurationError(
            f"{metrics} has no scores: the config needs validation data, or test data and "
            "evaluate_on_test"
        )
    return found


def _is_trained(folder: Path) -> bool:
    return _json_of(folder / "metrics.json") is not None and is_whole(folder / "model.tar.gz")


def _json_of(path: Path) -> Any:
    """The content of a file; `None` if it does not exist, or was cut off when a run was killed."""
    try:
        return json.loads(path.read_text("utf-8"))
    except (FileNotFoundError, ValueError):
        return None


def table(summary: RunSummary) -> Iterator[str]:
    """The summary as lines of text, one per score."""
    width = max(len(name) for name in summary.mean)
    columns = ("mean", "deviation", "lowest", "highest", "pooled")
    yield " " * width + "".join(f"{column:>11}" for column in columns)
    for name in summary.mean:
        values = [getattr(summary, column).get(name) for column in columns]
        yield f"{name:<{width}}" + "".join(map(_cell, values))


def _cell(value: Optional[float]) -> str:
    return " " * 11 if value is None else f"{value:11.4f}"


def _numbers(argument: Optional[str], option: str) -> List[int]:
    if argument is None:
        return []
    if not _NUMBERS.fullmatch(argument):
        raise ConfigurationError(f"{option} takes numbers such as 0-9 or 1,3,5, not {argument!r}")
    found: List[int] = []
    for part in argument.split(","):
        first, _, last = part.partition("-")
        found += range(int(first), int(last or first) + 1)
    if len(set(found)) < len(found) or not found:
        raise ConfigurationError(f"{option}: {argument} has a number twice, or no number")
    return found

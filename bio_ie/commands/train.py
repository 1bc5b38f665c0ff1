"""`bio-ie train` is AllenNLP's `train` with errors of a line each.

It checks the config before anything else is done, so also before it starts the processes of a
distributed training. (`allennlp train` is always AllenNLP's own command, because that is set up
before plugins are loaded. There, a config is checked by `bio_ie.training.checked_experiments`.)
"""

import argparse

from allennlp.commands.train import Train as AllenNlpTrain
from allennlp.commands.train import train_model_from_args
from allennlp.common import Params

from bio_ie.commands.command import Command
from bio_ie.commands.trust_argument import add_trust_argument
from bio_ie.commands.user_errors import user_errors
from bio_ie.training.config_check import check_config


@Command.register("train")
class Train(Command):
    """AllenNLP's `train`, which first checks types, parameters and required parts of the config
    (`check_config`), and takes `--trust`."""

    builds_parts = True

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        subparser = AllenNlpTrain().add_subparser(parser)
        add_trust_argument(subparser, _train)
        return subparser


def _train(args: argparse.Namespace) -> None:
    with user_errors():
        check_config(Params.from_file(args.param_path, args.overrides).as_dict(quiet=True))
        train_model_from_args(args)

"""`bio-ie evaluate` is AllenNLP's `evaluate` with errors in one line.

(`allennlp evaluate` is always AllenNLP's own command, because that is set up before plugins are
loaded.)
"""

import argparse
from typing import Any, Dict

from allennlp.commands.evaluate import Evaluate as AllenNlpEvaluate
from allennlp.commands.evaluate import evaluate_from_args

from bio_ie.commands.command import Command
from bio_ie.commands.trust_argument import add_trust_argument
from bio_ie.commands.user_errors import user_errors


@Command.register("evaluate")
class Evaluate(Command):
    """AllenNLP's `evaluate` with `--trust`."""

    builds_parts = True

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        subparser = AllenNlpEvaluate().add_subparser(parser)
        add_trust_argument(subparser, _evaluate)
        return subparser


def _evaluate(args: argparse.Namespace) -> Dict[str, Any]:
    with user_errors():
        return evaluate_from_args(args)

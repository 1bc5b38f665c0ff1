"""`bio-ie evaluate` is AllenNLP's `evaluate` with a check of the archive, which may come from
others.

(`allennlp evaluate` is always AllenNLP's own command, because that is set up before plugins are
loaded.)
"""

import argparse
from typing import Any, Dict

from allennlp.commands.evaluate import Evaluate as AllenNlpEvaluate
from allennlp.commands.evaluate import evaluate_from_args
from allennlp.commands.subcommand import Subcommand

from bio_ie.archives.checked_archive import checked_archive
from bio_ie.commands.user_errors import user_errors


@Subcommand.register("evaluate", exist_ok=True)
class Evaluate(AllenNlpEvaluate):
    """AllenNLP's `evaluate`, which first checks that the archive builds registered parts only."""

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        subparser = super().add_subparser(parser)
        subparser.set_defaults(func=_evaluate)
        return subparser


def _evaluate(args: argparse.Namespace) -> Dict[str, Any]:
    with user_errors(), checked_archive(args.archive_file) as args.archive_file:
        return evaluate_from_args(args)

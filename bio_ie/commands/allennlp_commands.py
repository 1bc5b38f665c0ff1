"""AllenNLP's commands that open archives, with the option `--trust`."""

import argparse
from typing import Type

from allennlp.commands.build_vocab import BuildVocab
from allennlp.commands.checklist import CheckList
from allennlp.commands.count_instances import CountInstances
from allennlp.commands.find_learning_rate import FindLearningRate
from allennlp.commands.subcommand import Subcommand

from bio_ie.commands.command import Command
from bio_ie.commands.trust_argument import add_trust_argument


class _Trusting(Command):
    """A command of AllenNLP, extended by `--trust`. A config can start from archives, and so all of
    these commands can open some."""

    builds_parts = True
    command: Type[Subcommand]

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        subparser = self.command().add_subparser(parser)
        add_trust_argument(subparser, subparser.get_default("func"))
        return subparser


@Command.register("build-vocab")
class TrustingBuildVocab(_Trusting):
    command = BuildVocab


@Command.register("checklist")
class TrustingCheckList(_Trusting):
    command = CheckList


@Command.register("count-instances")
class TrustingCountInstances(_Trusting):
    command = CountInstances


@Command.register("find-lr")
class TrustingFindLearningRate(_Trusting):
    command = FindLearningRate

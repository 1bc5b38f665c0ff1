"""The subcommands of `bio-ie`."""

from typing import TYPE_CHECKING

from bio_ie.startup.lazy_exports import lazy_exports

if TYPE_CHECKING:
    from bio_ie.annotation import dictionary_links  # where it was before
    from bio_ie.commands.annotate import Annotate
    from bio_ie.commands.build_index import BuildIndex
    from bio_ie.commands.build_kb import BuildKb
    from bio_ie.commands.build_pairs import BuildPairs
    from bio_ie.commands.convert import Convert
    from bio_ie.commands.embed_concepts import EmbedConcepts
    from bio_ie.commands.evaluate import Evaluate
    from bio_ie.commands.extract_pairs import ExtractPairs
    from bio_ie.commands.facts import Facts
    from bio_ie.commands.kb_info import KbInfo
    from bio_ie.commands.link import Link
    from bio_ie.commands.link_scispacy import LinkScispacy
    from bio_ie.commands.near_duplicates import NearDuplicates
    from bio_ie.commands.oracle_recall import OracleRecallCommand
    from bio_ie.commands.predict import Predict
    from bio_ie.commands.render import Render
    from bio_ie.commands.repeat import Repeat
    from bio_ie.commands.score import Score
    from bio_ie.commands.train import Train
else:
    __getattr__ = lazy_exports(__name__)

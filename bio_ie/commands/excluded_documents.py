"""The options that name documents which a knowledge base must not know."""

import argparse
import json
from typing import List, Optional, Set

from allennlp.common.checks import ConfigurationError

from bio_ie.commands.chosen_config import chosen_config
from bio_ie.commands.corpus_format_argument import corpus_format
from bio_ie.data.corpora.corpus_path import is_object, read_corpus
from bio_ie.data.corpora.document_ids import papers_of, papers_of_corpus
from bio_ie.data.dataset_readers.scored_data import SCORED_PATHS


def add_exclusion_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds the options that `excluded_by_args` reads."""
    parser.add_argument(
        "--exclude-documents",
        action="append",
        default=[],
        metavar="FILE",
        help="leave out relations whose only evidence is in these documents: a file with one "
        "id per line, a corpus (see --exclude-from), or a part of one as a JSON data path; can "
        "be repeated",
    )
    parser.add_argument(
        "--exclude-from",
        metavar="FORMAT",
        help="format of the files of --exclude-documents if they are corpora, and of data "
        "paths that name none: a name (pubtator, ...), or a JSON object",
    )
    parser.add_argument(
        "--exclude-scored",
        action="append",
        default=[],
        metavar="CONFIG",
        help="leave out relations whose only evidence is in the validation and test data of an "
        "experiment, which is given by its config; can be repeated",
    )
    parser.add_argument(
        "--fold", type=int, metavar="N", help="the fold of the configs of --exclude-scored"
    )


def excluded_by_args(args: argparse.Namespace) -> Set[str]:
    """The ids of the papers that the options name. Raises the errors of `excluded_documents` and of
    `scored_documents`."""
    if args.fold is not None and not args.exclude_scored:
        raise ConfigurationError("--fold needs --exclude-scored")
    ids = excluded_documents(args.exclude_documents, args.exclude_from)
    return ids.union(*(scored_documents(config, args.fold) for config in args.exclude_scored))


def excluded_documents(paths: List[str], from_format: Optional[str] = None) -> Set[str]:
    """The papers of the documents in `paths`. These are data paths (JSON objects), and files: with
    one id per line or, if `from_format` is given, corpora in this format. The prefixes of PubMed
    ids and the suffixes of repeated documents (`#2`) are removed.

    Raises `CorpusError` for a file that cannot be read or, without `from_format`, has lines that
    are not ids, and `ConfigurationError` for an object that is no data path.
    """
    ids: Set[str] = set()
    for path in paths:
        if from_format is None and not is_object(path):
            ids |= papers_of(path)
        else:
            ids |= papers_of_corpus(read_corpus(path, corpus_format(from_format or "jsonl")))
    return ids


def scored_documents(config: str, fold: Optional[int] = None) -> Set[str]:
    """The papers of the documents that an experiment is scored on: those of its validation data and
    its test data.

    # Parameters

    config : `str`
        The jsonnet file of the experiment.
    fold : `int`, optional (default = `None`)
        The value of the setting `fold`, if it is another one than that of the config.

    Raises `CorpusError` for data that cannot be read, and `ConfigurationError` for a config without
    such data.
    """
    experiment = chosen_config(config, {} if fold is None else {"fold": fold})
    paths = [experiment[key] for key in SCORED_PATHS if experiment.get(key)]
    if not paths:
        raise ConfigurationError(f"{config} has neither validation data nor test data")
    reader = experiment.get("validation_dataset_reader") or experiment.get("dataset_reader") or {}
    options = reader.get("corpus", "jsonl")
    format_ = corpus_format(options if isinstance(options, str) else json.dumps(options))
    return set().union(*(papers_of_corpus(read_corpus(path, format_)) for path in paths))

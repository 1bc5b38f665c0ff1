"""Measures how fast the package is, row by row, and prints a table: `python -m benchmarks.run`."""

import argparse
import json
import os
import sys
import tempfile
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import torch
from transformers import BertConfig

from benchmarks.annotation import AnnotationBenchmark
from benchmarks.annotation_workers import WorkersBenchmark
from benchmarks.background import BackgroundBenchmark
from benchmarks.fact_forms import FactForms
from benchmarks.instances import InstanceBenchmark
from benchmarks.joint_model import JointModelBenchmark
from benchmarks.keci import KeciBenchmark
from benchmarks.keci_forms import KeciForms
from benchmarks.keci_sentences import OPEN_KB, read_keci_sentences
from benchmarks.linking import LinkingBenchmark
from benchmarks.measured_models import (
    DEVICES,
    KECI_MODELS,
    MODELS,
    MULTITASK_MODELS,
    RELVM_ENCODERS,
    RELVM_MODELS,
    SNERL_MODELS,
)
from benchmarks.multitask_linker import MultitaskLinkerBenchmark, read_linked_documents
from benchmarks.preparing import PreparingBenchmark
from benchmarks.reading import ReadingBenchmark
from benchmarks.relvm import RelvmBenchmark
from benchmarks.report import as_json, as_notes, as_table, machine
from benchmarks.sentences import read_sentences
from benchmarks.snerl import SnerlBenchmark
from benchmarks.snerl_documents import MESH_CTD_KB, read_snerl_documents
from benchmarks.startup import COMMANDS, StartupBenchmark
from benchmarks.timing import Comparison, NotMeasured


@dataclass(frozen=True)
class Settings:
    """The settings of a run: what is measured, and how much of it.

    # Parameters

    data_folder : `Path`
        The folder of real corpora.
    repeats : `int`
        The number of pairs of measurements per row.
    sentences, abstracts : `int`
        The numbers of sentences and abstracts that are measured. SNERL's documents are long, so
        only an eighth of `sentences` of them are measured.
    training_batch, prediction_batch : `int`
        The number of sentences in a batch. Batches of documents have a quarter of it.
    mentions : `Tuple[int, ...]`
        The numbers of mentions in the documents whose facts are pooled.
    classes : `Tuple[int, ...]`
        The numbers of concepts that the multi-task entity linker tells apart.
    models, keci_models, snerl_models, multitask_models : `Dict[str, Tuple[Path, BertConfig]]`
        See `MODELS`, `KECI_MODELS`, `SNERL_MODELS` and `MULTITASK_MODELS`.
    relvm_models, relvm_encoders
        See `RELVM_MODELS` and `RELVM_ENCODERS`.
    relvm_batch, relvm_words : `int`
        The number of sentences in a batch of RELVM on a CPU, and of words in its vocabulary. There
        are two batches. On a GPU, batches are six times as large, as in the paper.
    knowledge_base, snerl_knowledge_base : `Path`
        The knowledge bases of KECI and of SNERL. If they do not exist, small ones are made.
    """

    data_folder: Path
    repeats: int = 16
    sentences: int = 256
    abstracts: int = 100
    training_batch: int = 16
    prediction_batch: int = 32
    mentions: Tuple[int, ...] = (20, 50, 100)
    classes: Tuple[int, ...] = (500, 35_000)
    models: Dict[str, Tuple[Path, BertConfig]] = field(default_factory=lambda: dict(MODELS))
    keci_models: Dict[str, Tuple[Path, BertConfig]] = field(
        default_factory=lambda: dict(KECI_MODELS)
    )
    snerl_models: Dict[str, Tuple[Path, BertConfig]] = field(
        default_factory=lambda: dict(SNERL_MODELS)
    )
    multitask_models: Dict[str, Tuple[Path, BertConfig]] = field(
        default_factory=lambda: dict(MULTITASK_MODELS)
    )
    relvm_models: Dict[str, Path] = field(default_factory=lambda: dict(RELVM_MODELS))
    relvm_encoders: Dict[str, BertConfig] = field(default_factory=lambda: dict(RELVM_ENCODERS))
    relvm_batch: int = 32
    relvm_words: int = 20_000
    knowledge_base: Path = OPEN_KB
    snerl_knowledge_base: Path = MESH_CTD_KB


QUICK: Dict[str, Any] = {
    "repeats": 2,
    "sentences": 16,
    "abstracts": 2,
    "training_batch": 4,
    "prediction_batch": 8,
    "mentions": (4,),
    "classes": (100,),
    "relvm_batch": 4,
    "relvm_words": 100,
}


def rows(settings: Settings) -> Dict[str, Callable[[], Comparison]]:
    """All rows that can be measured, by name, in the order of the table. Calling a value measures
    its row or raises `NotMeasured`."""
    table: Dict[str, Callable[[], Comparison]] = {}
    for device in DEVICES:
        for model in settings.models:
            for step in ("training", "prediction"):
                row = f"{model}_{step}_{device}"
                table[row] = partial(_joint_model, row, model, step, device, settings)
            row = f"annotate_{model}_{device}"
            table[row] = partial(_annotation, row, model, device, settings)
        for model in settings.keci_models:
            for step in ("training", "prediction"):
                row = f"{model}_{step}_{device}"
                table[row] = partial(_keci, row, model, step, device, settings)
        table[f"keci_batch_{device}"] = partial(
            _keci,
            f"keci_batch_{device}",
            next(iter(settings.keci_models)),
            "batching",
            device,
            settings,
        )
        for model in settings.snerl_models:
            for step in ("training", "prediction"):
                row = f"{model}_{step}_{device}"
                table[row] = partial(_snerl, row, model, step, device, settings)
        for model in settings.multitask_models:
            for classes in settings.classes:
                for step in ("training", "prediction"):
                    row = f"{model}_{classes}_classes_{step}_{device}"
                    table[row] = partial(_multitask, row, model, classes, step, device, settings)
    for device in DEVICES:
        for model in settings.relvm_models:
            row = f"relvm_{model}_decoding_{device}"
            table[row] = partial(_relvm, row, model, "decoding", None, device, settings)
            for step in ("training", "prediction"):
                for encoder in settings.relvm_encoders:
                    row = f"relvm_{model}_{step}_{encoder}_{device}"
                    table[row] = partial(_relvm, row, model, step, encoder, device, settings)
    for row, measure in (
        ("reading_pubtator", ReadingBenchmark.read),
        ("converting_pubtator", ReadingBenchmark.convert),
    ):
        table[row] = partial(_reading, row, measure, settings)
    for row, measure_instances in (
        ("index_fields", InstanceBenchmark.index_fields),
        ("whole_instances", InstanceBenchmark.whole_instances),
    ):
        table[row] = partial(_instances, row, measure_instances, settings)
    for row, measure_form in (
        ("linker", KeciForms.linker),
        ("first_layers_spans", KeciForms.span_layer),
        ("first_layers_pairs", KeciForms.pair_layer),
    ):
        table[row] = partial(_keci_form, row, measure_form, settings)
    table["background_graphs"] = partial(_background, "background_graphs", settings)
    table["sentences_and_words"] = partial(_sentences, "sentences_and_words", settings)
    table["dictionary_matching"] = partial(_dictionary, "dictionary_matching", settings)
    for num_mentions in settings.mentions:
        row = f"fact_pooling_{num_mentions}"
        table[row] = partial(_fact_pooling, row, num_mentions, settings)
    for row, step in (("encoding_once", "encoding_once"), ("file_to_facts", "from_file")):
        table[row] = partial(_snerl, row, list(settings.snerl_models)[-1], step, "cpu", settings)
    table["annotate_two_workers"] = partial(_workers, "annotate_two_workers", settings)
    table["linking_tfidf"] = partial(_linking, "linking_tfidf", settings)
    for name in COMMANDS:
        table[f"startup_{name}"] = partial(_startup, f"startup_{name}", name, settings)
    return table


def _joint_model(row: str, model: str, step: str, device: str, settings: Settings) -> Comparison:
    sentences = read_sentences(settings.sentences, settings.data_folder)
    benchmark = JointModelBenchmark(sentences, *settings.models[model], **DEVICES[device])
    if step == "training":
        return benchmark.training(row, settings.training_batch, settings.repeats)
    return benchmark.prediction(row, settings.prediction_batch, settings.repeats)


def _annotation(row: str, model: str, device: str, settings: Settings) -> Comparison:
    # Twice as many, because batches of few abstracts have more padding.
    benchmark = AnnotationBenchmark(
        2 * settings.abstracts, settings.data_folder, *settings.models[model], **DEVICES[device]
    )
    return benchmark.annotation(row, max(1, settings.repeats // 4))


def _keci(row: str, model: str, step: str, device: str, settings: Settings) -> Comparison:
    with tempfile.TemporaryDirectory() as folder:
        sentences = read_keci_sentences(
            settings.sentences, settings.data_folder, Path(folder), settings.knowledge_base
        )
        benchmark = KeciBenchmark(sentences, *settings.keci_models[model], **DEVICES[device])
        if step == "training":
            return benchmark.training(row, settings.training_batch, settings.repeats)
        measure = benchmark.prediction if step == "prediction" else benchmark.batching
        return measure(row, settings.prediction_batch, settings.repeats)


def _keci_form(
    row: str, measure: Callable[[KeciForms, str, int], Comparison], settings: Settings
) -> Comparison:
    with tempfile.TemporaryDirectory() as folder:
        sentences = read_keci_sentences(
            settings.sentences, settings.data_folder, Path(folder), settings.knowledge_base
        )
        config, encoder = next(iter(settings.keci_models.values()))
        forms = KeciForms(KeciBenchmark(sentences, config, encoder), settings.prediction_batch)
        return measure(forms, row, settings.repeats)


def _snerl(row: str, model: str, step: str, device: str, settings: Settings) -> Comparison:
    with tempfile.TemporaryDirectory() as folder:
        documents = read_snerl_documents(
            max(1, settings.sentences // 8),
            settings.data_folder,
            Path(folder),
            settings.snerl_knowledge_base,
        )
        benchmark = SnerlBenchmark(documents, *settings.snerl_models[model], **DEVICES[device])
        measure = getattr(benchmark, step)
        batch = settings.training_batch if step == "training" else settings.prediction_batch
        # Documents take long, so fewer pairs of measurements are made.
        return measure(row, max(1, batch // 4), max(1, settings.repeats // 4))


def _multitask(
    row: str, model: str, classes: int, step: str, device: str, settings: Settings
) -> Comparison:
    documents = read_linked_documents(settings.sentences, settings.data_folder)
    benchmark = MultitaskLinkerBenchmark(
        documents,
        settings.sentences,
        classes,
        *settings.multitask_models[model],
        **DEVICES[device],
    )
    if step == "training":
        return benchmark.training(row, settings.training_batch, settings.repeats)
    return benchmark.prediction(row, settings.prediction_batch, settings.repeats)


def _relvm(
    row: str, model: str, step: str, encoder: Optional[str], device: str, settings: Settings
) -> Comparison:
    batch = settings.relvm_batch * (1 if device == "cpu" else 6)
    benchmark = RelvmBenchmark(
        settings.relvm_models[model],
        2 * batch,
        batch,
        settings.relvm_words,
        **DEVICES[device],
    )
    repeats = max(1, settings.repeats // 4)
    if encoder is None:
        return benchmark.decoding(row, repeats)
    measure = benchmark.training if step == "training" else benchmark.prediction
    return measure(row, encoder, settings.relvm_encoders[encoder], repeats)


def _fact_pooling(row: str, num_mentions: int, settings: Settings) -> Comparison:
    return FactForms(num_mentions).comparison(row, max(1, settings.repeats // 8))


def _background(row: str, settings: Settings) -> Comparison:
    with tempfile.TemporaryDirectory() as folder:
        benchmark = BackgroundBenchmark(
            settings.abstracts, settings.data_folder, Path(folder), settings.knowledge_base
        )
        return benchmark.graphs(row, settings.repeats)


def _sentences(row: str, settings: Settings) -> Comparison:
    benchmark = PreparingBenchmark(settings.abstracts, settings.data_folder)
    return benchmark.sentences(row, settings.repeats)


def _dictionary(row: str, settings: Settings) -> Comparison:
    benchmark = PreparingBenchmark(settings.abstracts, settings.data_folder)
    with tempfile.TemporaryDirectory() as folder:
        return benchmark.names(row, settings.repeats, Path(folder), settings.knowledge_base)


def _reading(
    row: str, measure: Callable[[ReadingBenchmark, str, int], Comparison], settings: Settings
) -> Comparison:
    file = settings.data_folder / "bc5cdr" / "CDR_TrainingSet.PubTator.txt.gz"
    return measure(ReadingBenchmark(file), row, settings.repeats)


def _instances(
    row: str, measure: Callable[[InstanceBenchmark, str, int], Comparison], settings: Settings
) -> Comparison:
    sentences = read_sentences(settings.sentences, settings.data_folder)
    return measure(InstanceBenchmark(sentences, settings.training_batch), row, settings.repeats)


def _linking(row: str, settings: Settings) -> Comparison:
    return LinkingBenchmark(settings.data_folder).candidates(row, settings.repeats)


def _workers(row: str, settings: Settings) -> Comparison:
    with tempfile.TemporaryDirectory() as folder:
        benchmark = WorkersBenchmark(3 * settings.abstracts, settings.data_folder, Path(folder))
        return benchmark.workers(row, 2, max(1, settings.repeats // 5))


def _startup(row: str, name: str, settings: Settings) -> Comparison:
    with tempfile.TemporaryDirectory() as folder:
        # A process takes seconds, so fewer pairs of measurements are made.
        return StartupBenchmark(Path(folder)).command(row, name, max(1, settings.repeats // 4))


def measure_rows(
    settings: Settings, only: Optional[Sequence[str]] = None
) -> Tuple[List[Comparison], Dict[str, str]]:
    """Measures rows. It returns the results and, for each row that could not be measured, the
    reason. It reports its progress on standard error.

    # Parameters

    settings : `Settings`
    only : `Sequence[str]`, optional
        The names of the rows to measure, or patterns such as `"*_prediction_cpu"`.
    """
    comparisons: List[Comparison] = []
    skipped: Dict[str, str] = {}
    for row, measure in rows(settings).items():
        if only and not any(fnmatchcase(row, pattern) for pattern in only):
            continue
        print(f"{row} ... ", end="", file=sys.stderr, flush=True)
        try:
            comparison = measure()
        except NotMeasured as reason:
            skipped[row] = str(reason)
            print(f"skipped: {reason}", file=sys.stderr)
        else:
            comparisons.append(comparison)
            print(f"{comparison.ratio:.3f}", file=sys.stderr)
    return comparisons, skipped


def main(arguments: Optional[Sequence[str]] = None) -> None:
    """The command line."""
    options = _parser().parse_args(arguments)
    if options.threads:
        torch.set_num_threads(options.threads)
    settings = Settings(Path(os.environ.get("BIO_IE_DATA") or "data"))
    if options.quick:
        settings = replace(settings, **QUICK)
    if options.repeats:
        settings = replace(settings, repeats=options.repeats)
    known = list(rows(settings))
    for pattern in options.only or ():
        if not any(fnmatchcase(row, pattern) for row in known):
            sys.exit(f"there is no row {pattern!r}; the rows are {', '.join(known)}")

    where = machine()
    comparisons, skipped = measure_rows(settings, options.only)
    print(", ".join(f"{name} {value}" for name, value in where.items() if value is not None))
    if options.quick:
        print("This was a smoke run (--quick): the figures mean nothing.")
    print(f"\n{as_table(comparisons)}\n\n{as_notes(comparisons)}")
    for reason in dict.fromkeys(skipped.values()):
        left_out = [row for row in skipped if skipped[row] == reason]
        print(f"skipped ({reason}): {', '.join(left_out)}")
    if options.output:
        result = as_json(where, comparisons, skipped, options.quick)
        Path(options.output).write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.run", description=__doc__)
    parser.add_argument(
        "--only",
        action="append",
        metavar="ROW",
        help="measure only this row or the rows of a pattern ('*_cpu'); may be given several times",
    )
    parser.add_argument("--repeats", type=_positive, help="pairs of measurements per row")
    parser.add_argument(
        "--threads", type=_positive, help="threads of torch (default: torch's own choice)"
    )
    parser.add_argument(
        "--quick", action="store_true", help="only check that rows run, with hardly any input"
    )
    parser.add_argument("--output", metavar="FILE", help="write the figures to this JSON file too")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


if __name__ == "__main__":
    main()

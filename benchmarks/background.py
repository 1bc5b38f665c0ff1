"""Measures the time that a knowledge base adds to reading abstracts. As a command, it measures all
stages from raw text to a span graph: `python -m benchmarks.background ARCHIVE`."""

import argparse
import gzip
import json
import os
import time
from itertools import islice
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple

import torch
from allennlp.common import Params
from allennlp.data import DatasetReader, Instance, Vocabulary
from allennlp.models.archival import load_archive

from benchmarks.keci_sentences import KECI_PAPER, OPEN_KB, kb_or_names, keci_params, keci_reader
from benchmarks.sentences import CHECKOUT, build_vocabulary
from benchmarks.timing import Comparison, Side, Unit, compare
from bio_ie.data.corpora import CorpusFormat
from bio_ie.data.dataset_readers import SpanGraphReader
from bio_ie.knowledge.background_graph import BackgroundKnowledgeBase
from bio_ie.predictors import DocumentPredictor
from bio_ie.predictors.instance_batches import batches_of_like_width, instance_size
from bio_ie.text.document import Document

BATCH_SIZE = 32


def read_abstracts(count: int, data_folder: Path) -> Tuple[str, List[Document]]:
    """The first `count` abstracts of the folder of corpora or, if it has none, of the demo; and a
    description of where they are from."""
    file = data_folder / "pubmed_text" / "abstracts.jsonl.gz"
    if not file.is_file():
        file = CHECKOUT / "fixtures" / "demo" / "abstracts.jsonl"
        documents = list(islice(CorpusFormat.by_name("jsonl")().read(file), count))
        return f"{len(documents)} demo abstracts", documents
    with gzip.open(file, "rt", encoding="utf-8") as lines:
        values = map(json.loads, islice(lines, count))
        documents = [
            Document(value["id"], f"{value['title']}\n{value['abstract']}") for value in values
        ]
    return f"{len(documents)} abstracts of PubMed", documents


class BackgroundBenchmark:
    """The reader of KECI with and without a knowledge base.

    # Parameters

    count : `int`
        The number of abstracts.
    data_folder : `Path`
        The folder of real corpora.
    folder : `Path`
        Where a knowledge base is made if `knowledge_base` does not exist.
    knowledge_base : `Path`, optional
    """

    def __init__(
        self, count: int, data_folder: Path, folder: Path, knowledge_base: Path = OPEN_KB
    ) -> None:
        source, self._documents = read_abstracts(count, data_folder)
        named = CorpusFormat.by_name("jsonl")().read(CHECKOUT / "fixtures" / "demo" / "train.jsonl")
        self._kb, name = kb_or_names(knowledge_base, list(named), folder)
        self._note = f"{source} with {name}"

    def graphs(self, row: str, repeats: int) -> Comparison:
        """Compares making indexed instances of text with background graphs, with nothing cached
        before, with the same without background graphs."""
        with_graphs, words = (self._reader(kb) for kb in (self._kb, None))
        vocab = build_vocabulary(_instances(with_graphs, self._documents))

        def run(reader: SpanGraphReader) -> None:
            for instance in _instances(reader, self._documents):
                instance.index_fields(vocab)

        return compare(
            row,
            Side("words and graphs", run, lambda _: self._reader(self._kb)),
            Side("words", run, lambda _: words),
            repeats,
            Unit("abstracts/s", len(self._documents)),
            note=self._note,
        )

    @staticmethod
    def _reader(kb: Optional[Path]) -> SpanGraphReader:
        return keci_reader(keci_params(KECI_PAPER, kb))


def _instances(reader: Any, documents: Sequence[Document]) -> List[Instance]:
    return [item for document in documents for item in reader.document_to_instances(document)]


def stages(archive: str, documents: Sequence[Document], device: int) -> Iterator[Tuple[str, float]]:
    """The seconds of each stage from raw text to a span graph alone, and of all stages together.
    They are CPU time or, on a GPU, the time of the clock.

    # Parameters

    archive : `str`
        The archive of a model of sentences with a background graph.
    documents : `Sequence[Document]`
    device : `int`
        The number of the device in AllenNLP; -1 is the CPU.
    """
    model, reader_params = _loaded(archive, device)
    clock = time.process_time if device < 0 else time.perf_counter

    def timed(call: Callable[[], Any]) -> Tuple[Any, float]:
        start = clock()
        result = call()
        return result, clock() - start

    words = {name: value for name, value in reader_params.items() if name != "background"}
    reader: Any = DatasetReader.from_params(Params(words).duplicate())
    _instances(reader, documents[:1])  # opens files
    instances, seconds = timed(lambda: _instances(reader, documents))
    yield f"sentences and words ({len(instances)} sentences)", seconds

    background = BackgroundKnowledgeBase.from_params(
        Params(reader_params["background"]).duplicate()
    )
    background.graphs(["warm up"], ["warm up"])
    views = [(view.text, item.text) for item in documents for view in reader.views(item)]
    matches, seconds = timed(lambda: [background.look_up([text], [of])[0] for text, of in views])
    yield f"knowledge base lookups ({sum(map(len, matches))} names)", seconds
    graphs, seconds = timed(lambda: [background.graph(matched) for matched in matches])
    counts = [sum(len(graph.nodes) for graph in graphs), sum(len(graph.edges) for graph in graphs)]
    yield "graph building ({} nodes, {} edges)".format(*counts), seconds

    fresh = DatasetReader.from_params(Params(reader_params).duplicate())
    predictor = DocumentPredictor(model, fresh, batch_size=BATCH_SIZE)  # prepares the model too
    reader = DatasetReader.from_params(Params(reader_params).duplicate())
    batches = _batches(_instances(reader, documents), model.vocab)
    model.forward_on_instances(batches[0])
    _, seconds = timed(lambda: [model.forward_on_instances(batch) for batch in batches])
    yield f"model, in batches of {BATCH_SIZE}", seconds

    predicted, seconds = timed(lambda: list(predictor.predict_documents(documents)))
    found = sum(len(document.mentions) for document in predicted if isinstance(document, Document))
    yield f"all together ({found} mentions found)", seconds


def _batches(instances: Sequence[Instance], vocab: Vocabulary) -> List[List[Instance]]:
    """Batches as the predictor makes them, of indexed instances."""
    for instance in instances:
        instance.index_fields(vocab)
    sizes = [instance_size(instance) for instance in instances]
    groups = batches_of_like_width(sizes, BATCH_SIZE, 32 * BATCH_SIZE)
    return [[instances[index] for index in group] for group in groups]


def _loaded(archive: str, device: int) -> Tuple[Any, Dict[str, Any]]:
    """The model, and the config of its reader for unlabelled text."""
    loaded = load_archive(archive, cuda_device=device)
    config = loaded.config.as_dict(quiet=True)
    params = config.get("validation_dataset_reader") or config["dataset_reader"]
    if not params.get("background"):
        raise SystemExit(f"the reader of {archive} has no background")
    return loaded.model.eval(), params


def main(arguments: Optional[Sequence[str]] = None) -> None:
    """The command line."""
    options = _parser().parse_args(arguments)
    if options.threads:
        torch.set_num_threads(options.threads)
    data_folder = Path(os.environ.get("BIO_IE_DATA") or "data")
    source, documents = read_abstracts(options.abstracts, data_folder)
    print(source)
    for stage, seconds in stages(options.archive, documents, options.cuda_device):
        print(f"{stage}: {len(documents) / seconds:,.1f} abstracts/s", flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.background")
    parser.add_argument("archive", help="model.tar.gz of a model with a knowledge base")
    parser.add_argument("--abstracts", type=int, default=200)
    parser.add_argument("--cuda-device", type=int, default=-1)
    parser.add_argument(
        "--threads", type=int, help="threads of torch (default: torch's own choice)"
    )
    return parser


if __name__ == "__main__":
    main()

"""Measures the forms in which an encoder can run in prediction, each with the F1 that it reaches
and its speed: `python -m benchmarks.encoder_forms ARCHIVE`.

The documents are those that the archive was validated on. The forms take turns, round after round,
so that whatever slows the machine slows all of them.
"""

import argparse
import copy
import gc
import time
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

import torch
from allennlp.models import load_archive

from bio_ie.data.dataset_readers import DocumentReader
from bio_ie.metrics.document_scores import score_documents
from bio_ie.modules.token_embedders import PretrainedTransformerWordsEmbedder
from bio_ie.predictors import DocumentPredictor
from bio_ie.text.document import Document

Change = Callable[[PretrainedTransformerWordsEmbedder], None]
"""Gives an embedder with float32 weights, without autocast and with PyTorch's fused attention
another form."""


def _eager(embedder: PretrainedTransformerWordsEmbedder) -> None:
    embedder.encoder.set_attn_implementation("eager")


def _bf16(embedder: PretrainedTransformerWordsEmbedder) -> None:
    embedder.bf16 = True


def _compiled(embedder: PretrainedTransformerWordsEmbedder) -> None:
    embedder.encoder = torch.compile(embedder.encoder, dynamic=True)  # type: ignore[assignment]


def _compiled_bf16(embedder: PretrainedTransformerWordsEmbedder) -> None:
    _bf16(embedder)
    _compiled(embedder)


def _int8(embedder: PretrainedTransformerWordsEmbedder) -> None:
    embedder.encoder = torch.ao.quantization.quantize_dynamic(
        embedder.encoder, {torch.nn.Linear}, torch.qint8
    )


FORMS: Dict[str, Change] = {
    "float32, fused attention": lambda embedder: None,
    "float32, attention in steps": _eager,
    "float32, torch.compile": _compiled,
    "bfloat16 products (`bf16`)": _bf16,
    "bfloat16 products, torch.compile": _compiled_bf16,
    "int8 weights and inputs of linear layers": _int8,
}
"""The forms, by their names in the table. The first one is what the others are compared with."""


@dataclass
class Measured:
    """What one form does.

    # Parameters

    entity_f1, relation_f1 : `float`
        Strict, micro.
    seconds : `List[float]`
        CPU time of each round.
    warm_up : `float`
        CPU time of the round before, with what is compiled in it.
    """

    entity_f1: float
    relation_f1: float
    warm_up: float
    seconds: List[float] = field(default_factory=list)


def measure(
    archive: str, rounds: int, limit: Optional[int] = None
) -> Tuple[Dict[str, Measured], int]:
    """Measures all forms, and returns their figures and the number of documents.

    # Parameters

    archive : `str`
        The archive of a model with an embedder `pretrained_transformer_words`.
    rounds : `int`
    limit : `int`, optional
        The largest number of documents.
    """
    loaded = load_archive(archive)
    reader: Any = loaded.validation_dataset_reader
    data_path = loaded.config.as_dict(quiet=True)["validation_data_path"]
    documents = list(islice(reader.read_documents(data_path), limit))
    predictors = {name: _predictor(loaded.model, reader, change) for name, change in FORMS.items()}
    measured = {}
    for name, predictor in predictors.items():
        start = time.process_time()
        predicted = _predicted(predictor, documents)
        warm_up = time.process_time() - start
        scores = score_documents(predicted, documents)
        measured[name] = Measured(scores.entity["f1"], scores.relation["f1"], warm_up)
    for number in range(rounds):
        for name in list(predictors)[:: -1 if number % 2 else 1]:
            gc.collect()
            start = time.process_time()
            _predicted(predictors[name], documents)
            measured[name].seconds.append(time.process_time() - start)
    return measured, len(documents)


def _predictor(model: Any, reader: DocumentReader[Any], change: Change) -> DocumentPredictor:
    model = copy.deepcopy(model).eval()
    for module in list(model.modules()):
        if isinstance(module, PretrainedTransformerWordsEmbedder):
            module._bf16 = False
            change(module)
    return DocumentPredictor(model, reader)


def _predicted(predictor: DocumentPredictor, documents: Sequence[Document]) -> List[Document]:
    outputs = list(predictor.predict_documents(documents))
    failures = [output for output in outputs if not isinstance(output, Document)]
    if failures:
        raise RuntimeError(str(failures[0]))
    return [output for output in outputs if isinstance(output, Document)]


def lines(measured: Dict[str, Measured], num_documents: int) -> List[str]:
    """A Markdown table. Speed is that of the fastest round, as a multiple of the first form's."""
    first = min(next(iter(measured.values())).seconds)
    rows = [
        "| form | entity F1 | relation F1 | documents/s | times as fast | first round, s |",
        "|---|---|---|---|---|---|",
    ]
    for name, form in measured.items():
        best = min(form.seconds)
        rows.append(
            f"| {name} | {100 * form.entity_f1:.2f} | {100 * form.relation_f1:.2f} | "
            f"{num_documents / best:.1f} | {first / best:.2f} | {form.warm_up:.1f} |"
        )
    return rows


def main(arguments: Optional[Sequence[str]] = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.encoder_forms")
    parser.add_argument("archive", help="model.tar.gz of a model with validation data")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--documents", type=int, help="the most documents (default: all)")
    parser.add_argument("--threads", type=int, default=1, help="threads of torch")
    options = parser.parse_args(arguments)
    torch.set_num_threads(options.threads)
    print("\n".join(lines(*measure(options.archive, options.rounds, options.documents))))


if __name__ == "__main__":
    main()

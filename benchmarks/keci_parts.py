"""Measures how much time each part of KECI takes: `python -m benchmarks.keci_parts`.

One step of the model is run, and the input of each part is recorded. Then the step, the bare
encoder and each part with its recorded input are measured in turn, and the medians are printed. In
training, a part has its forward pass and its backward pass from a random gradient. The rest, which
belongs to no part, is enumerating and choosing spans, losses, decoding, and sums of gradients.
"""

import argparse
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

import torch
from torch import Tensor

from benchmarks.bare_encoder import waiting_for
from benchmarks.beside_encoder import encoder_step
from benchmarks.keci import KeciBenchmark
from benchmarks.keci_sentences import read_keci_sentences
from benchmarks.measured_models import DEVICES, KECI_MODELS
from benchmarks.timing import seconds
from bio_ie.models.keci import Keci
from bio_ie.modules.span_extractors import EndpointAttentiveSpanExtractor

STEPS = ("training", "prediction")


class Part(NamedTuple):
    """A module of the model and the method that does its work."""

    name: str
    owner: torch.nn.Module
    method: str = "forward"


def parts(model: Keci) -> List[Part]:
    """The parts that are measured separately, in the order in which the model runs them. The first
    is the encoder together with the pooling of wordpieces to words. Prediction leaves the initial
    entity head out if one product takes its place (`score_spans`)."""
    heads = [("initial", model.initial_head), ("final", model.final_head)]
    scorers = {
        name: (
            Part(f"{name} entity head", head.entity_scorer),
            Part(f"{name} pair head", head.pair_scorer),
        )
        for name, head in heads
        if head is not None
    }
    result = [
        Part("words, encoder and all", model.text_field_embedder),
        *_span_vectors(model.span_extractor),
        *scorers["initial"],
    ]
    if model.span_graph_encoder is not None:
        result.append(Part("graph network", model.span_graph_encoder, "dense"))
    if model.knowledge is not None:
        result += [
            Part("vectors of concepts", model.knowledge.concept_embedder),
            Part("background graph", model.knowledge.graph_encoder),
            Part("fusion", model.knowledge.fusion, "fuse_spans"),
        ]
    return [*result, *scorers.get("final", ())]


def _span_vectors(extractor: torch.nn.Module) -> List[Part]:
    if not isinstance(extractor, EndpointAttentiveSpanExtractor):
        return [Part("span vectors", extractor)]
    return [
        Part("hidden span vectors", extractor, "hidden"),
        Part("hidden span vectors and initial entity scores", extractor, "linear_of_hidden"),
    ]


def record(part_list: Sequence[Part], run: Callable[[], Any]) -> Dict[str, Tuple[Any, ...]]:
    """The inputs that each part gets while `run` runs, by the name of the part."""
    given: Dict[str, Tuple[Any, ...]] = {}
    for part in part_list:
        _record_calls(part, given)
    try:
        run()
    finally:
        for part in part_list:
            delattr(part.owner, part.method)  # uncovers the method of the class
    return given


def _record_calls(part: Part, given: Dict[str, Tuple[Any, ...]]) -> None:
    method = getattr(part.owner, part.method)

    def recording(*args: Any, **kwargs: Any) -> Any:
        given[part.name] = tuple(
            arg.detach() if isinstance(arg, Tensor) else arg for arg in (*args, *kwargs.values())
        )
        return method(*args, **kwargs)

    setattr(part.owner, part.method, recording)


@dataclass
class Breakdown:
    """The milliseconds of a step, of the bare encoder and of each part."""

    step: float
    encoder: float
    parts: Dict[str, float]

    def lines(self) -> List[str]:
        """The breakdown as a Markdown table."""
        rest = self.step - sum(self.parts.values())
        rows = {"the whole step": self.step, "bare encoder": self.encoder, **self.parts}
        lines = ["| part | ms | of the bare encoder |", "|---|---|---|"]
        for name, value in {**rows, "the rest": rest}.items():
            lines.append(f"| {name} | {value:,.1f} | {100 * value / self.encoder:.1f} % |")
        return lines


def measure(benchmark: KeciBenchmark, batch_size: int, training: bool, repeats: int) -> Breakdown:
    """Measures the breakdown of a step with one batch."""
    model = benchmark.model
    model.train(training)
    batch = benchmark.batches(batch_size, labelled=training)[0]
    share = benchmark.encoder_share(batch)
    step = benchmark.train if training else benchmark.predict
    with torch.set_grad_enabled(training):
        given = record(parts(model), lambda: step(batch))
        part_list = [part for part in parts(model) if part.name in given]
        calls: Dict[str, Callable[[], Any]] = {
            "step": lambda: step(batch),
            "encoder": lambda: encoder_step(benchmark.encoder, training, share),
        }
        for part in part_list:
            calls[part.name] = _replay(part, given[part.name], training)
        times: Dict[str, List[float]] = {name: [] for name in calls}
        for number in range(-1, repeats):
            for name, call in calls.items():
                model.zero_grad(set_to_none=True)
                benchmark.answers.graph = batch.graph
                duration = seconds(call, waiting_for(benchmark.device))
                if number >= 0:  # the first round warms up
                    times[name].append(duration)
    medians = {name: 1000 * median(values) for name, values in times.items()}
    return Breakdown(medians.pop("step"), medians.pop("encoder"), medians)


def _replay(part: Part, args: Tuple[Any, ...], training: bool) -> Callable[[], Any]:
    """A function that runs the part alone."""
    method = getattr(part.owner, part.method)
    if part.method == "forward":
        method = part.owner  # calling the module runs its hooks too
    if not training:
        return lambda: method(*args)
    inputs = tuple(
        arg.requires_grad_() if isinstance(arg, Tensor) and arg.is_floating_point() else arg
        for arg in args
    )

    def run() -> None:
        output = method(*inputs)
        output = getattr(output, "vectors", output)
        if output.requires_grad:
            output.backward(torch.ones_like(output))

    return run


def main(arguments: Optional[Sequence[str]] = None) -> None:
    """The command line."""
    options = _parser().parse_args(arguments)
    if options.threads:
        torch.set_num_threads(options.threads)
    data_folder = Path(os.environ.get("BIO_IE_DATA") or "data")
    config, encoder_config = KECI_MODELS[options.model]
    with tempfile.TemporaryDirectory() as folder:
        sentences = read_keci_sentences(options.sentences, data_folder, Path(folder))
        benchmark = KeciBenchmark(sentences, config, encoder_config, **DEVICES[options.device])
        note = f"{options.batch} of {sentences.source}"
        for step in [options.step] if options.step else STEPS:
            breakdown = measure(benchmark, options.batch, step == "training", options.repeats)
            print(f"\n{options.model} {step} {options.device}, {note}\n")
            print("\n".join(breakdown.lines()), flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.keci_parts")
    parser.add_argument("--model", choices=sorted(KECI_MODELS), default="keci_scibert")
    parser.add_argument("--step", choices=STEPS, help="default: both")
    parser.add_argument("--device", choices=sorted(DEVICES), default="cpu")
    parser.add_argument(
        "--sentences", type=int, default=256, help="number of sentences to choose a batch from"
    )
    parser.add_argument("--batch", type=int, default=32, help="sentences in the batch")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument(
        "--threads", type=int, help="threads of torch (default: torch's own choice)"
    )
    return parser


if __name__ == "__main__":
    main()

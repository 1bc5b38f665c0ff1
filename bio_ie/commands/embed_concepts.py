"""
`bio-ie embed-concepts KB` makes a file of vectors that concept embedders read.

    bio-ie embed-concepts kb.sqlite --method distmult --output kb.distmult.safetensors
    bio-ie embed-concepts kb.sqlite --method description --output kb.description.safetensors
"""

import argparse
import os
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import torch
from allennlp.common.checks import ConfigurationError

from bio_ie.commands.command import Command
from bio_ie.commands.user_errors import user_errors
from bio_ie.knowledge.concept_embeddings import write_concept_vectors
from bio_ie.knowledge.concept_embeddings.description import (
    DescriptionSettings,
    concept_texts,
    embed_texts,
)
from bio_ie.knowledge.concept_embeddings.distmult import DistMultSettings, train_distmult
from bio_ie.knowledge.concept_embeddings.link_prediction import (
    HITS,
    LinkPrediction,
    predict_links,
)
from bio_ie.knowledge.concept_embeddings.relation_graph import hold_out, read_relation_graph
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.knowledge.leaks import evidence_notes
from bio_ie.text.counted import counted

MAX_HELD_OUT = 2000
"""The largest number of pairs of concepts that are held out. It is enough for a standard error
below 0.01, whatever the knowledge base."""

OPTIONS: Dict[str, Dict[str, Any]] = {
    "distmult": {
        "dimension": ("dimension of the vectors", DistMultSettings.dimension),
        "epochs": ("number of epochs; there is no early stopping", DistMultSettings.epochs),
        "batch-size": ("number of edges per step", DistMultSettings.batch_size),
        "learning-rate": ("learning rate of Adagrad", DistMultSettings.learning_rate),
        "negatives": (
            "number of concepts that are sampled as wrong tails for each batch",
            DistMultSettings.negatives,
        ),
        "regularization": ("weight of the N3 norm", DistMultSettings.regularization),
        "seed": ("random seed of the split and of training", DistMultSettings.seed),
        "held-out": (
            "share of the related pairs of concepts that are held out to score the vectors, which "
            "are not trained on the relations of these pairs; with 0, vectors are trained on all "
            "relations and not scored",
            0.02,
        ),
    },
    "description": {
        "encoder": (
            "a name of the Hugging Face hub, a folder, or package:NAME/FOLDER",
            DescriptionSettings.encoder,
        ),
        "max-length": (
            "largest number of wordpieces of a text; longer texts are cut off",
            DescriptionSettings.max_length,
        ),
        "batch-pieces": (
            "number of wordpieces to encode at once",
            DescriptionSettings.batch_pieces,
        ),
        "bf16": ("run the encoder in bfloat16, which is faster if the hardware supports it", False),
        "name-fallback": (
            "encode the name of a concept that has no definition; without this option, such a "
            "concept has no vector",
            False,
        ),
    },
}
"""The options that only one of the methods takes, each with its help text and its default."""


Made = Tuple[List[str], torch.Tensor, Dict[str, Any]]
"""Ids, vectors, and the notes for the file."""


@Command.register("embed-concepts")
class EmbedConcepts(Command):
    """The command around `train_distmult` and `embed_texts`."""

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        description = """Make vectors of the concepts and semantic types of a knowledge base, for
            the concept embedders 'pretrained' and 'description'. They are written to one file,
            which appears only once it is complete. The file says which documents its relations come
            from. To leave out relations whose only evidence is in documents of an evaluation, build
            the knowledge base with build-kb --exclude-documents."""
        subparser = parser.add_parser(
            self.name, description=description, help="make vectors of concepts"
        )
        subparser.add_argument("kb", help="knowledge base, a file that build-kb has written")
        subparser.add_argument(
            "--method",
            choices=tuple(OPTIONS),
            required=True,
            help="make vectors from relations (distmult), or from definitions with a pretrained "
            "encoder (description)",
        )
        subparser.add_argument("--output", required=True, help="file to write (.safetensors)")
        subparser.add_argument(
            "--no-types", action="store_true", help="do not make vectors of semantic types"
        )
        subparser.add_argument(
            "--half", action="store_true", help="write float16 instead of float32"
        )
        subparser.add_argument(
            "--cuda-device", type=int, default=-1, help="number of a GPU to use (default: the CPU)"
        )
        for method, options in OPTIONS.items():
            group = subparser.add_argument_group(f"for --method {method}")
            for name, (text, default) in options.items():
                # The default is None, so that an option for the other method is noticed.
                if default is False:
                    group.add_argument(f"--{name}", action="store_true", default=None, help=text)
                else:
                    text = f"{text} (default: {default})"
                    group.add_argument(f"--{name}", type=type(default), help=text)
        subparser.set_defaults(func=embed_from_args)
        return subparser


def embed_from_args(args: argparse.Namespace) -> None:
    """Makes and writes the vectors, and prints their number and their scores. Exits with status 1
    for bad input."""
    started = time.perf_counter()
    with user_errors():
        options = _options(args)
        kb = KnowledgeBase(args.kb)
        make = _distmult if args.method == "distmult" else _description
        device = _device(args.cuda_device)
        output = _output(args.output)
        ids, vectors, notes = make(kb, not args.no_types, options, device)
        origin = evidence_notes(kb, from_relations=args.method == "distmult")
        notes = {**origin, "settings": options, **notes}
        vectors = vectors.half() if args.half else vectors
        write_concept_vectors(output, ids, vectors, args.method, notes)
    print(
        f"wrote {args.output}: {counted(len(ids), 'vector')} of "
        f"{counted(vectors.size(1), 'dimension')}, "
        f"{os.path.getsize(args.output) / 1e6:,.0f} MB in {time.perf_counter() - started:.0f} s"
    )


def _options(args: argparse.Namespace) -> Dict[str, Any]:
    """The options of the method, with defaults. Raises `ConfigurationError` for an option of
    another method."""
    chosen: Dict[str, Any] = {}
    for method, options in OPTIONS.items():
        for name, (_, default) in options.items():
            key = name.replace("-", "_")
            value = getattr(args, key)
            if method == args.method:
                chosen[key] = default if value is None else value
            elif value is not None:
                raise ConfigurationError(f"--{name} is only for --method {method}")
    return chosen


def _device(number: int) -> torch.device:
    if number >= torch.cuda.device_count():
        raise ConfigurationError(f"there is no GPU {number}")
    return torch.device("cpu" if number < 0 else f"cuda:{number}")


def _output(path: str) -> Path:
    """The file to write. Errors with it are raised before hours of training, not after."""
    output = Path(path)
    if output.is_dir():
        raise IsADirectoryError(f"{path} is a folder, not a file to write")
    output.parent.mkdir(parents=True, exist_ok=True)
    return output


def _distmult(
    kb: KnowledgeBase, with_types: bool, options: Dict[str, Any], device: torch.device
) -> Made:
    share = options["held_out"]
    settings = DistMultSettings(**{k: v for k, v in options.items() if k != "held_out"})
    if not 0 <= share < 1:
        raise ConfigurationError(f"held_out must be at least 0 and less than 1, not {share}")
    graph = read_relation_graph(kb, with_types)
    if not graph.num_concepts:
        raise ConfigurationError(f"{kb.path} has no relations between concepts")
    without = len(kb) - graph.num_concepts
    print(
        counted(
            without,
            "concept has no relation, and gets no vector",
            "concepts have no relation, and get no vector",
        )
    )
    edges, held_out = hold_out(graph, share, MAX_HELD_OUT, settings.seed)
    print(
        f"training on {counted(len(edges), 'edge')} (both directions) between "
        f"{counted(graph.num_concepts, 'concept')} and "
        f"{counted(len(graph.nodes) - graph.num_concepts, 'semantic type')}; "
        f"{counted(len(held_out), 'edge is', 'edges are')} held out"
    )
    model = train_distmult(graph, edges, settings, device, progress=True)
    notes = {}
    if len(held_out):
        predictions = predict_links(model.tail_scores, graph, edges, held_out, progress=True)
        print("\n".join(_table(predictions)))
        notes["link_prediction"] = {name: asdict(scores) for name, scores in predictions.items()}
    return graph.nodes, model.node_emb.weight.detach().cpu(), notes


def _description(
    kb: KnowledgeBase, with_types: bool, options: Dict[str, Any], device: torch.device
) -> Made:
    names_instead = options["name_fallback"]
    settings = DescriptionSettings(**{k: v for k, v in options.items() if k != "name_fallback"})
    texts = concept_texts(kb, with_types, names_instead)
    num_concepts = len(kb.preferred_names(texts))
    print(
        f"{counted(num_concepts, 'concept')} and "
        f"{counted(len(texts) - num_concepts, 'semantic type')} with a text; "
        f"{counted(len(kb) - num_concepts, 'concept')} without a text, and so without a vector"
    )
    vectors, num_cut = embed_texts(list(texts.values()), settings, device, progress=True)
    if num_cut:
        cut = counted(num_cut, "text was", "texts were")
        print(f"{cut} cut off at {settings.max_length} wordpieces")
    return list(texts), vectors, {}


def _table(predictions: Dict[str, LinkPrediction]) -> Iterator[str]:
    yield f"{'held-out relations':34} queries     MRR" + "".join(f"  hits@{k:<2}" for k in HITS)
    for name, scores in predictions.items():
        hits = "".join(f"  {scores.hits[k]:7.4f}" for k in HITS)
        yield f"{name:34} {scores.queries:7,} {scores.mrr:7.4f}{hits}"

"""
`bio-ie facts PREDICTIONS` pools the facts of many documents into one graph.

    bio-ie facts predictions.jsonl --output facts.tsv
    bio-ie facts predictions.jsonl --output facts.graphml --kb knowledge.sqlite --min-score 0.5
"""

import argparse
import csv
import json
import re
from itertools import islice
from pathlib import Path
from typing import IO, Any, Callable, Dict
from xml.sax.saxutils import escape

from allennlp.common.checks import ConfigurationError

from bio_ie.commands.command import Command
from bio_ie.commands.corpus_format_argument import corpus_format
from bio_ie.commands.user_errors import user_errors
from bio_ie.data.corpora.corpus_path import read_corpus
from bio_ie.data.pooled_facts import PooledFact, PooledFacts, pool_facts
from bio_ie.files.atomic_output import atomic_writer
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.text.counted import counted
from bio_ie.text.tokenizers import PysbdSentenceSplitter

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

_BATCH = 10_000
"""Concepts whose names are looked up at once."""

_EDGE_VALUES = {
    "type": "string", "best": "double", "noisy_or": "double", "num_documents": "long",
    "documents": "string", "evidence": "string",
}  # fmt: skip
_GRAPHML_BEGIN = "".join(
    (
        '<?xml version="1.0" encoding="utf-8"?>\n',
        '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n',
        '  <key id="name" for="node" attr.name="name" attr.type="string"/>\n',
        *(
            f'  <key id="{key}" for="edge" attr.name="{key}" attr.type="{type_}"/>\n'
            for key, type_ in _EDGE_VALUES.items()
        ),
        '  <graph edgedefault="directed">\n',
    )
)

COLUMNS = (
    "head",
    "head_name",
    "type",
    "tail",
    "tail_name",
    "best",
    "noisy_or",
    "num_documents",
    "documents",
    "evidence",
)


@Command.register("facts")
class Facts(Command):
    """The command around `pool_facts`."""

    def add_subparser(self, parser: argparse._SubParsersAction) -> argparse.ArgumentParser:
        description = """Pool the predicted or annotated facts of all documents of a corpus. The
            output has each fact once, with its pooled probabilities (the best one, and noisy-or),
            the documents that state it, and sentences that name both of its entities."""
        subparser = parser.add_parser(
            self.name, description=description, help="pool the facts of documents into one graph"
        )
        subparser.add_argument("predictions", help="corpus file, or a JSON data path")
        subparser.add_argument(
            "--from",
            dest="from_format",
            default="jsonl",
            help="format of the corpus: a name, or a JSON object with 'type' and options (default: "
            "jsonl)",
        )
        subparser.add_argument(
            "--output",
            required=True,
            help="file to write: .tsv, .jsonl or .graphml (for programs like Cytoscape); .gz is "
            "compressed",
        )
        subparser.add_argument("--kb", help="knowledge base with the names of concepts")
        subparser.add_argument(
            "--min-score",
            type=float,
            default=0.0,
            help="leave out facts of a document with a lower probability (default: 0)",
        )
        subparser.add_argument(
            "--max-evidence",
            type=int,
            default=3,
            help="largest number of sentences for a fact (default: 3)",
        )
        subparser.add_argument(
            "--on-error",
            choices=("raise", "skip"),
            default="raise",
            help="what to do with a document that cannot be read or whose prediction failed: stop "
            "(default), or leave the document out",
        )
        subparser.set_defaults(func=facts_from_args)
        return subparser


def facts_from_args(args: argparse.Namespace) -> None:
    """Runs `pool_facts` for the command line."""
    with user_errors():
        write = _writer(args.output)
        with pool_facts(
            read_corpus(args.predictions, corpus_format(args.from_format, args.on_error)),
            PysbdSentenceSplitter(),
            args.min_score,
            args.max_evidence,
        ) as pooled:
            if args.kb:
                _set_names(pooled, KnowledgeBase(args.kb))
            with atomic_writer(Path(args.output)) as file:
                write(pooled, file)
            found = (
                f"{counted(len(pooled), 'fact')} between {counted(pooled.num_concepts, 'concept')}"
            )
            print(f"wrote {args.output}: {found}, from {counted(pooled.num_documents, 'document')}")


def _set_names(pooled: PooledFacts, knowledge_base: KnowledgeBase) -> None:
    """Calls concepts by their names in a knowledge base."""
    concepts = (concept for concept, _ in pooled.named_concepts())
    while batch := list(islice(concepts, _BATCH)):
        pooled.set_names(knowledge_base.preferred_names(batch))


def _writer(output: str) -> Callable[[PooledFacts, IO[str]], None]:
    suffix = Path(output.removesuffix(".gz")).suffix
    writers = {".tsv": write_tsv, ".jsonl": write_jsonl, ".graphml": write_graphml}
    if suffix not in writers:
        raise ConfigurationError(f"{output}: --output must end in {', '.join(writers)}")
    return writers[suffix]


def write_tsv(pooled: PooledFacts, file: IO[str]) -> None:
    """Writes one line per fact, with a header. Documents are joined by `;`, sentences by ` || `."""
    table = csv.writer(file, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    table.writerow(COLUMNS)
    for fact in pooled:
        row = {**_row(fact), **_joined(fact)}
        table.writerow([row[name] for name in COLUMNS])


def write_jsonl(pooled: PooledFacts, file: IO[str]) -> None:
    """Writes one object per fact."""
    for fact in pooled:
        row = _row(fact)
        row["documents"] = list(fact.documents)
        row["evidence"] = [item._asdict() for item in fact.evidence]
        file.write(json.dumps(row, ensure_ascii=False) + "\n")


def write_graphml(pooled: PooledFacts, file: IO[str]) -> None:
    """Writes one node per concept, with its name, and one edge per fact, with everything else."""
    file.write(_GRAPHML_BEGIN)
    for concept, name in pooled.named_concepts():
        file.write(f'    <node id="{_xml(concept)}"><data key="name">{_xml(name)}</data></node>\n')
    for number, fact in enumerate(pooled):
        ends = f'source="{_xml(fact.head)}" target="{_xml(fact.tail)}" id="{number}"'
        values = {
            "type": fact.type,
            "best": fact.best,
            "noisy_or": fact.noisy_or,
            "num_documents": len(fact.documents),
            **_joined(fact),
        }
        data = "".join(f'<data key="{key}">{_xml(str(v))}</data>' for key, v in values.items())
        file.write(f"    <edge {ends}>{data}</edge>\n")
    file.write("  </graph>\n</graphml>\n")


def _xml(text: str) -> str:
    # Text may contain control characters, which XML does not allow.
    return escape(_NOT_XML.sub(" ", text), {'"': "&quot;"})


def _row(fact: PooledFact) -> Dict[str, Any]:
    return {
        "head": fact.head,
        "head_name": fact.head_name,
        "type": fact.type,
        "tail": fact.tail,
        "tail_name": fact.tail_name,
        "best": round(fact.best, 6),
        "noisy_or": round(fact.noisy_or, 6),
        "num_documents": len(fact.documents),
    }


def _joined(fact: PooledFact) -> Dict[str, str]:
    return {
        "documents": ";".join(fact.documents),
        "evidence": " || ".join(item.sentence for item in fact.evidence),
    }

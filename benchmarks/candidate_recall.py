"""Measures how many mentions of a corpus have their concept among the first k candidates, and how
fast candidates are found: `python -m benchmarks.candidate_recall KB CORPUS`.

Mentions with an id count. A mention is right at k if one of its ids is among the first k
candidates. For a composite mention (`A|B`), one id is enough. A further line gives the recall of
mentions with all of their ids. Ids that the knowledge base does not know count as missed.
"""

import argparse
import json
import time
from collections import Counter
from dataclasses import replace
from functools import partial
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple, TypeVar

from bio_ie.commands.corpus_format_argument import corpus_format
from bio_ie.data.corpora.corpus_path import read_corpus
from bio_ie.knowledge.abbreviations import find_abbreviations
from bio_ie.knowledge.candidate_generators import (
    Candidate,
    ExactCandidateGenerator,
    TfidfCandidateGenerator,
)
from bio_ie.knowledge.candidate_generators.candidate_generator import CandidateGenerator
from bio_ie.knowledge.knowledge_base import KnowledgeBase
from bio_ie.text.document import Document

T = TypeVar("T")

RANKS = (1, 5, 10, 25, 50)


def with_ids(documents: Sequence[Document]) -> List[Document]:
    """The documents with only those mentions that have an id."""
    return [
        replace(
            document,
            mentions=tuple(mention for mention in document.mentions if mention.concept_ids),
            relations=(),
        )
        for document in documents
    ]


def recall(
    kb: KnowledgeBase,
    documents: Sequence[Document],
    found: Sequence[Sequence[Sequence[Candidate]]],
    all_ids: bool = False,
    ranks: Sequence[int] = RANKS,
) -> Dict[str, Tuple[int, List[float]]]:
    """The number of mentions and the recall at each of `ranks`, by mention type and for `all`."""
    right: Dict[str, Counter[int]] = {"all": Counter()}
    total: Counter[str] = Counter()
    for document, candidates in zip(documents, found, strict=True):
        for mention, mention_candidates in zip(document.mentions, candidates, strict=True):
            places = {item.concept_id: place for place, item in enumerate(mention_candidates)}
            id_places = [
                places.get(kb.resolve(id_) or id_, max(ranks)) for id_ in mention.concept_ids
            ]
            place = max(id_places) if all_ids else min(id_places)
            for type_ in ("all", mention.type):
                total[type_] += 1
                counts = right.setdefault(type_, Counter())
                counts.update(rank for rank in ranks if place < rank)
    return {
        type_: (total[type_], [counts[rank] / max(total[type_], 1) for rank in ranks])
        for type_, counts in right.items()
    }


def speeds(new_generator: Callable[[], CandidateGenerator], documents: Sequence[Document]) -> str:
    """The speeds of finding candidates, as lines of text. They are measured with an empty cache and
    an open index."""
    mentions = [(document, mention) for document in documents for mention in document.mentions]
    num_abbreviations, abbreviations = _timed(
        lambda: sum(len(find_abbreviations(document.text)) for document in documents)
    )
    generator = _opened(new_generator(), documents)
    _, whole = _timed(lambda: generator.generate_for_documents(documents))
    queries = [
        (text, mention.type)
        for document in documents
        for text, mention in zip(
            generator.expanded(document.text, [document.text_of(m) for m in document.mentions]),
            document.mentions,
            strict=True,
        )
    ]
    lines = [
        f"{num_abbreviations} abbreviations in {len(documents)} documents: {abbreviations:.2f} s",
        f"{len(mentions)} mentions, abbreviations and all: {len(mentions) / whole:,.0f}/s",
    ]
    for what, asked in (
        ("mentions once expanded", queries),
        ("of them distinct", list(dict.fromkeys(queries))),
    ):
        fresh = _opened(new_generator(), documents)
        texts, types = zip(*asked, strict=True)
        _, seconds = _timed(partial(fresh.generate, texts, types))
        lines.append(f"{len(asked)} {what}: {len(asked) / seconds:,.0f}/s")
    return "\n".join(lines)


def _opened(generator: CandidateGenerator, documents: Sequence[Document]) -> CandidateGenerator:
    """The generator with its files open. Opening happens once in a process, so it is not timed."""
    types = sorted({mention.type for document in documents for mention in document.mentions})
    generator.generate(["warm up"] * len(types), types)
    return generator


def _timed(call: Callable[[], T]) -> Tuple[T, float]:
    started = time.perf_counter()
    result = call()
    return result, time.perf_counter() - started


def main(arguments: Optional[Sequence[str]] = None) -> None:
    """The command line."""
    options = _parser().parse_args(arguments)
    kb = KnowledgeBase(options.kb)
    documents = with_ids(list(read_corpus(options.corpus, corpus_format(options.from_format))))

    def new_generator(k: int = 25) -> CandidateGenerator:
        settings: Dict[str, Any] = {"semantic_types": json.loads(options.semantic_types)}
        settings["expand_abbreviations"] = not options.as_written
        if options.generator == "exact":
            return ExactCandidateGenerator(kb, k, **settings)
        return TfidfCandidateGenerator(kb, k, num_threads=options.threads, **settings)

    found = new_generator(max(options.ranks)).generate_for_documents(documents)
    print(f"| type | mentions | {' | '.join(f'recall@{rank}' for rank in options.ranks)} |")
    print("|---" * (2 + len(options.ranks)) + "|")
    for all_ids in (False, True):
        for type_, (total, values) in sorted(
            recall(kb, documents, found, all_ids, options.ranks).items()
        ):
            if all_ids and type_ != "all":
                continue
            name = "all, every id of a composite" if all_ids else type_
            print(f"| {name} | {total:,} | {' | '.join(f'{value:.3f}' for value in values)} |")
    print(f"\n{speeds(new_generator, documents)}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.candidate_recall")
    parser.add_argument("kb", help="knowledge base, with an index where the generator needs one")
    parser.add_argument("corpus", help="annotated file")
    parser.add_argument("--from", dest="from_format", default="pubtator", help="its format")
    parser.add_argument("--generator", choices=("exact", "tfidf"), default="tfidf")
    parser.add_argument("--semantic-types", default="{}", help="JSON: by type of mention")
    parser.add_argument("--ranks", type=int, nargs="+", default=RANKS, help="numbers of candidates")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--as-written", action="store_true", help="do not expand abbreviations")
    return parser


if __name__ == "__main__":
    main()

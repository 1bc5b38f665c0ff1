"""Measures time and memory of a TF-IDF index of a million generated names: `python -m
benchmarks.million_names`.

Names have two to five words of two to four syllables. The words are from a vocabulary of 50,000
words, of which few are frequent (Zipf's law), as in real names. A concept has four names. The same
seed gives the same names.
"""

import argparse
import resource
import sys
import tempfile
import time
from pathlib import Path
from typing import Iterator, List, Optional, Sequence

import numpy as np

from bio_ie.knowledge import KnowledgeBase, write_knowledge_base
from bio_ie.knowledge.candidate_generators import TfidfCandidateGenerator
from bio_ie.knowledge.statements import ConceptName
from bio_ie.knowledge.tfidf_index import build_tfidf_index

_VOCABULARY = 50_000
_NAMES_PER_CONCEPT = 4


def generated_names(number: int, seed: int = 0) -> Iterator[str]:
    """The names that the module describes."""
    random = np.random.default_rng(seed)
    syllables = [c + v + end for c in "bcdfglmnprstv" for v in "aeiouy" for end in ("", "n", "r")]
    words = [
        "".join(syllables[i] for i in random.integers(0, len(syllables), length))
        for length in random.integers(2, 5, _VOCABULARY)
    ]
    frequencies = 1 / (np.arange(_VOCABULARY) + 10.0)
    lengths = random.integers(2, 6, number)
    places = random.choice(_VOCABULARY, lengths.sum(), p=frequencies / frequencies.sum())
    for name in np.split(places, np.cumsum(lengths)[:-1]):
        yield " ".join(words[place] for place in name)


def statements(names: Sequence[str]) -> Iterator[ConceptName]:
    """Statements that give each concept its names: four consecutive ones."""
    for number, name in enumerate(names):
        concept, rank = divmod(number, _NAMES_PER_CONCEPT)
        yield ConceptName(f"G:{concept:07}", name, rank)


def peak_gib() -> float:
    """The most memory that this process has used so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (2**30 if sys.platform == "darwin" else 2**20)


def main(arguments: Optional[Sequence[str]] = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.million_names")
    parser.add_argument("--names", type=int, default=1_000_000)
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args(arguments)
    names: List[str] = list(generated_names(options.names))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "kb.sqlite")
        write_knowledge_base(path, {"generated": statements(names)})
        kb = KnowledgeBase(str(path))
        print(f"before: peak memory {peak_gib():.2f} GiB", flush=True)
        started = time.perf_counter()
        summary = build_tfidf_index(kb, progress=True)
        print(
            f"index of {summary.names:,} names, {summary.distinct_names:,} different, "
            f"{summary.features:,} features: {time.perf_counter() - started:.0f} s, "
            f"peak memory {peak_gib():.2f} GiB",
            flush=True,
        )
        generator = TfidfCandidateGenerator(kb, num_threads=options.threads)
        generator.generate(["warm up"])
        step = max(len(names) // options.queries, 1)
        queries = [f"{name[1:]}a" for name in names[::step]]
        started = time.perf_counter()
        generator.generate(queries)
        seconds = time.perf_counter() - started
        print(
            f"{len(queries):,} distinct names with an error: {len(queries) / seconds:,.0f}/s, "
            f"peak memory {peak_gib():.2f} GiB"
        )


if __name__ == "__main__":
    main()

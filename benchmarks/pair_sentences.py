"""Measures memory while pair sentences are read as a stream: `python -m benchmarks.pair_sentences`.

Sentences have 10 to 48 generated words, of which few are frequent (Zipf's law). They name two or
three of a hundred thousand entities. `relation_context` reads them, and AllenNLP's loader indexes
them and makes batches of 192, as in training. The same seed gives the same sentences.
"""

import argparse
import os
import resource
import sys
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Iterator, Optional, Sequence

import numpy as np
from allennlp.data import Vocabulary
from allennlp.data.data_loaders import MultiProcessDataLoader

from bio_ie.data.dataset_readers import RelationContextReader
from bio_ie.data.pairs.entity_sentence import EntityMention, EntitySentence
from bio_ie.data.pairs.pair_sentences import PairSentencesFormat, sentence_to_json

_VOCABULARY = 50_000
_ENTITIES = 100_000
_TYPES = ("CHEMICAL", "DISEASE", "GENE")
_BATCH = 192
_VOCABULARY_FROM = 50_000


def generated_sentences(number: int, seed: int = 0) -> Iterator[EntitySentence]:
    """The sentences that the module describes."""
    random = np.random.default_rng(seed)
    cumulated = np.cumsum(1 / (np.arange(_VOCABULARY) + 10.0))
    for index in range(number):
        length = int(random.integers(10, 49))
        places = np.searchsorted(cumulated, random.random(length) * cumulated[-1])
        starts = sorted(random.choice(length, int(random.integers(2, 4)), replace=False).tolist())
        mentions = []
        for start in starts:
            entity = int(random.integers(_ENTITIES))
            type_ = _TYPES[entity % len(_TYPES)]
            mentions.append(EntityMention(start, start + 1, type_, f"G:{entity:06}"))
        yield EntitySentence(str(index), [f"word{place}" for place in places], mentions)


def held_gib() -> float:
    """The memory that this process uses now, or its peak if the system does not tell the former."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return peak / (2**30 if sys.platform == "darwin" else 2**20)
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**30


def stream(path: str, workers: int, every: int) -> None:
    """Reads a file batch by batch, and prints speed and memory."""
    reader = RelationContextReader(corpus=PairSentencesFormat(), entities="identifiers")
    vocabulary = Vocabulary.from_instances(islice(reader.read(path), _VOCABULARY_FROM))
    loader = MultiProcessDataLoader(
        reader,
        path,
        batch_size=_BATCH,
        max_instances_in_memory=10 * _BATCH,
        num_workers=workers,
        quiet=True,
    )
    loader.index_with(vocabulary)
    started = time.perf_counter()
    instances, next_at = 0, every
    for batch in loader:
        instances += len(batch["metadata"])
        if instances >= next_at:
            next_at += every
            rate = instances / (time.perf_counter() - started)
            print(f"{instances:,} instances, {rate:,.0f}/s: {held_gib():.3f} GiB", flush=True)
    rate = instances / (time.perf_counter() - started)
    print(f"{instances:,} instances in all, {rate:,.0f}/s: {held_gib():.3f} GiB")
    if workers:
        children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        largest = children / (2**30 if sys.platform == "darwin" else 2**20)
        print(f"largest worker: peak memory {largest:.3f} GiB")


def main(arguments: Optional[Sequence[str]] = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pair_sentences")
    parser.add_argument("--sentences", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--every", type=int, default=200_000)
    parser.add_argument(
        "--keep", help="file to generate the sentences in, and to keep for training"
    )
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(options.keep or Path(folder, "sentences.jsonl"))
        started = time.perf_counter()
        with open(path, "w", encoding="utf-8") as file:
            for sentence in generated_sentences(options.sentences):
                file.write(sentence_to_json(sentence) + "\n")
        seconds = time.perf_counter() - started
        size = path.stat().st_size / 1e6
        print(f"{options.sentences:,} sentences, {size:,.0f} MB, {seconds:.0f} s", flush=True)
        stream(str(path), options.workers, options.every)


if __name__ == "__main__":
    main()

"""
Measures time and memory of building a knowledge base of UMLS's size, and how fast it answers:

    python -m benchmarks.knowledge_base --names 2000000

The UMLS needs a licence, so its files are generated here. They have as many names as the
Metathesaurus, in rows of the same length and order, but the words mean nothing.
"""

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import product
from pathlib import Path
from typing import Callable, Iterator, List, Sequence

from bio_ie.knowledge import KnowledgeBase, normalize_name

NAMES_PER_CONCEPT = 3.3
RELATIONS_PER_CONCEPT = 4
DEFINED = 0.2
TYPES = 127

SYLLABLES = list(map("".join, product("bdfklmnrst", "aeiou")))


def write_umls(folder: Path, names: int, seed: int = 13) -> int:
    """Writes `MRCONSO`, `MRDEF`, `MRSTY`, `MRREL` (each relation in both directions) and `MRDOC`,
    and returns the number of concepts."""
    rng = random.Random(seed)
    words = ["".join(rng.choices(SYLLABLES, k=rng.randint(2, 5))) for _ in range(50_000)]
    concepts = round(names / NAMES_PER_CONCEPT)
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "MRCONSO.RRF", "w") as file:
        for number, concept in enumerate(_spread(names, concepts)):
            cui = f"C{concept:07}"
            is_first = number == 0 or concept != _spread_one(number - 1, names, concepts)
            name = " ".join(rng.choices(words, k=rng.randint(1, 6)))
            status = "P|L1|PF|S1|Y" if is_first else "S|L1|VO|S1|N"
            file.write(
                f"{cui}|ENG|{status}|A{number:08}|||M{concept:07}|SNOMEDCT_US|PT|{number}|{name}"
                "|9|N|256|\n"
            )
    with open(folder / "MRDEF.RRF", "w") as file:
        for concept in range(concepts):
            if rng.random() < DEFINED:
                text = " ".join(rng.choices(words, k=30))
                file.write(f"C{concept:07}|A1|AT1||SNOMEDCT_US|{text}|N||\n")
    with open(folder / "MRSTY.RRF", "w") as file:
        for concept in range(concepts):
            for type_ in rng.sample(range(TYPES), rng.randint(1, 2)):
                file.write(f"C{concept:07}|T{type_:03}|A1.2|Type {type_}|AT1|256|\n")
    with open(folder / "MRREL.RRF", "w") as file:
        for concept in range(concepts):
            for _ in range(RELATIONS_PER_CONCEPT):
                # The power makes some concepts have very many relations.
                other = int(concepts * rng.random() ** 3)
                for row in (
                    f"C{concept:07}|A1|AUI|PAR|C{other:07}|A2|AUI|inverse_isa|R1||S|S|||N||\n",
                    f"C{other:07}|A2|AUI|CHD|C{concept:07}|A1|AUI|isa|R2||S|S|||N||\n",
                ):
                    file.write(row)
    (folder / "MRDOC.RRF").write_text("RELA|isa|rela_inverse|inverse_isa|\n")
    return concepts


def _spread(names: int, concepts: int) -> Iterator[int]:
    return (_spread_one(number, names, concepts) for number in range(names))


def _spread_one(number: int, names: int, concepts: int) -> int:
    return number * concepts // names


def measure(names: int, folder: Path) -> Iterator[str]:
    """Builds a knowledge base and queries it, and yields a line for each figure."""
    start = time.perf_counter()
    concepts = write_umls(folder / "META", names)
    rows = sum(file.stat().st_size for file in (folder / "META").iterdir()) / 1e6
    yield f"made {names:,} names of {concepts:,} concepts: {rows:,.0f} MB of RRF"
    output = folder / "kb.sqlite"
    command = [sys.executable, "-m", "bio_ie", "build-kb", "--source", "umls"]
    start = time.perf_counter()
    arguments = ["--path", str(folder / "META"), "--output", str(output)]
    subprocess.run([*command, *arguments], check=True, stdout=subprocess.DEVNULL)
    seconds = time.perf_counter() - start
    # In KiB on Linux, in bytes on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit / 2**30
    size = output.stat().st_size / 1e6
    yield f"build-kb: {seconds:.0f} s, peak memory {peak:.2f} GiB, file {size:,.0f} MB"
    yield from latencies(output)


def latencies(file: Path, queries: int = 100) -> Iterator[str]:
    """Lines with the median times of single calls, on queries that were not made before."""
    knowledge_base = KnowledgeBase(str(file))
    metadata = knowledge_base.metadata
    yield f"{file.name}: {metadata['concepts']} concepts, {metadata['relations']} relations"
    rng = random.Random(7)
    every = max(1, int(metadata["names"]) // 50_000)
    some = [pair for place, pair in enumerate(knowledge_base.names()) if not place % every]
    ids = sorted({concept for concept, _ in some})
    knowledge_base.relation_types(), knowledge_base.type_relations()
    for size in (20, 100, 300):
        samples = [_related(knowledge_base, rng, ids, size) for _ in range(queries)]
        fresh = KnowledgeBase(str(file))
        fresh.subgraph(ids[:1])
        cold = _median(fresh.subgraph, samples)
        warm = _median(fresh.subgraph, samples[-50:])
        edges = statistics.mean(len(fresh.subgraph(sample).edges) for sample in samples[-50:])
        yield (
            f"subgraph of {size} concepts, {edges:,.0f} edges: {1e3 * cold:.2f} ms; "
            f"repeated {1e6 * warm:.0f} us"
        )
    spans = [normalize_name(name) for _, name in rng.sample(some, min(len(some), 500 * queries))]
    batches = [spans[start : start + 500] for start in range(0, len(spans), 500)]
    yield f"lookup of 500 names: {1e3 * _median(knowledge_base.lookup, batches):.2f} ms"
    absent = [[f"{name} {name}" for name in batch] for batch in batches]
    yield f"lookup of 500 absent names: {1e3 * _median(knowledge_base.lookup, absent):.2f} ms"
    some_ids = rng.sample(ids, min(len(ids), 5000))
    yield f"resolve: {1e6 * _median(knowledge_base.resolve, some_ids):.0f} us"


def _related(
    knowledge_base: KnowledgeBase, rng: random.Random, ids: Sequence[str], size: int
) -> List[str]:
    """Concepts together with concepts that they are related to, as in a text."""
    found: List[str] = []
    while len(found) < size:
        head = rng.choice(ids)
        tails = [tail for _, tail in knowledge_base.relations_of(head)]
        found.extend([head, *rng.sample(tails, min(len(tails), 5))])
    return found[:size]


def _median(call: Callable[..., object], arguments: Sequence[object]) -> float:
    times = []
    for argument in arguments:
        start = time.perf_counter()
        call(argument)
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("--names", type=int, default=2_000_000)
    parser.add_argument("--kb", help="measure lookups in this knowledge base instead")
    args = parser.parse_args()
    if args.kb is not None:
        lines = latencies(Path(args.kb))
    else:
        # In the working directory and not in /tmp, which may be in memory.
        stack = tempfile.TemporaryDirectory(dir=os.getcwd())
        lines = measure(args.names, Path(stack.name))
    for line in lines:
        print(line, flush=True)


if __name__ == "__main__":
    main()

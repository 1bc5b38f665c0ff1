"""Compares the search for candidates of BC5CDR's annotated mentions with a plain form of the
search."""

import tempfile
from pathlib import Path
from typing import Any, List, Tuple

from sparse_dot_topn import sp_matmul_topn

from benchmarks.candidate_recall import with_ids
from benchmarks.timing import Comparison, NotMeasured, Side, Unit, compare
from bio_ie.commands.build_kb import build_knowledge_base
from bio_ie.data.corpora import CorpusFormat
from bio_ie.knowledge import KnowledgeBase
from bio_ie.knowledge.candidate_generators import TfidfCandidateGenerator
from bio_ie.knowledge.sources import KnowledgeSource
from bio_ie.knowledge.stemming import stemmed_name
from bio_ie.knowledge.tfidf_index import build_tfidf_index

THREADS = 2

SEMANTIC_TYPES = {"Chemical": ["Chemicals and Drugs"], "Disease": ["Disease", "Diseases"]}


class LinkingBenchmark:
    """Searches candidates for all mentions with an id of BC5CDR's development file. The knowledge
    base has CTD's diseases and MeSH with its supplementary records.

    # Parameters

    data_folder : `Path`
        The folder of real corpora.

    Raises `NotMeasured` if a file is missing.
    """

    def __init__(self, data_folder: Path) -> None:
        corpus = data_folder / "bc5cdr" / "CDR_DevelopmentSet.PubTator.txt.gz"
        self._sources = _sources(data_folder / "kb")
        for file in (corpus, *(part.path for part in self._sources)):
            if not Path(file).is_file():
                raise NotMeasured(f"no {file} (BIO_IE_DATA names the folder of corpora)")
        self._documents = with_ids(list(CorpusFormat.by_name("pubtator")().read(corpus)))

    def candidates(self, row: str, repeats: int) -> Comparison:
        """Compares the candidate generator, with its filter by type and nothing cached before, with
        a search for every mention as it is written among all names. Finding abbreviations is not
        measured: ours gets mentions with abbreviations already expanded."""
        with tempfile.TemporaryDirectory() as folder:
            kb = self._indexed_kb(Path(folder, "kb.sqlite"))
            generator = _new_generator(kb)
            written = [
                [document.text_of(mention) for mention in document.mentions]
                for document in self._documents
            ]
            texts = [text for texts in written for text in texts]
            types = [mention.type for item in self._documents for mention in item.mentions]
            expanded = [
                text
                for document, mention_texts in zip(self._documents, written, strict=True)
                for text in generator.expanded(document.text, mention_texts)
            ]
            names = generator.index.names().vectors

            def ours(fresh: TfidfCandidateGenerator) -> None:
                fresh.generate(expanded, types)

            def baseline(_: Any) -> None:
                queries = generator.index.vectors.transform(list(map(stemmed_name, texts)))
                sp_matmul_topn(queries, names, top_n=25, sort=True, n_threads=THREADS)

            return compare(
                row,
                Side("tfidf", ours, lambda _: _new_generator(kb)),
                Side("every mention, all names", baseline, lambda _: None),
                repeats,
                Unit("mentions/s", len(texts)),
                note=f"{len(texts)} mentions, {len(kb)} concepts, {THREADS} threads",
            )

    def _indexed_kb(self, path: Path) -> KnowledgeBase:
        merged = KnowledgeSource.by_name("merged")(self._sources)
        build_knowledge_base(merged, path)
        kb = KnowledgeBase(str(path))
        build_tfidf_index(kb)
        return kb


def _sources(folder: Path) -> List[KnowledgeSource]:
    ctd, mesh = (KnowledgeSource.by_name(name) for name in ("ctd", "mesh"))
    trees = str(folder / "dhimmel_mesh_tree-numbers.tsv.gz")
    return [
        ctd(str(folder / "CTD_diseases.tsv.gz")),
        mesh(str(folder / "mesh_id_label_mappings.tsv.gz"), tree_numbers=trees),
        mesh(str(folder / "mesh_mappings.tsv.gz")),
    ]


def _new_generator(kb: KnowledgeBase) -> TfidfCandidateGenerator:
    """A generator with an open index and an empty cache."""
    generator = TfidfCandidateGenerator(kb, semantic_types=SEMANTIC_TYPES, num_threads=THREADS)
    types: Tuple[str, ...] = tuple(SEMANTIC_TYPES)
    generator.generate(["warm up"] * len(types), types)
    return generator

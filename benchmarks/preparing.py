"""Measures what is done with a text before a model sees it: sentences, words, names of concepts."""

import time
from pathlib import Path
from typing import Any, Callable, List

from pysbd import Segmenter

from benchmarks.background import read_abstracts
from benchmarks.keci_sentences import OPEN_KB, kb_or_names
from benchmarks.sentences import CHECKOUT
from benchmarks.timing import Comparison, Side, Unit, compare
from bio_ie.data.corpora import CorpusFormat
from bio_ie.knowledge import KnowledgeBase
from bio_ie.knowledge.candidate_generators import ExactCandidateGenerator
from bio_ie.knowledge.dictionary_matcher import DictionaryMatcher
from bio_ie.text.tokenizers import PysbdSentenceSplitter, ScispacyRulesTokenizer

BATCH_SIZE = 32


class _EverySpan(ExactCandidateGenerator):
    """Looks up every span of a text."""

    def name_filter(self) -> None:  # type: ignore[override]
        return None


class PreparingBenchmark:
    """The preparation of abstracts on one core. CPU time is measured.

    # Parameters

    count : `int`
        The number of abstracts.
    data_folder : `Path`
        The folder of real corpora.
    """

    def __init__(self, count: int, data_folder: Path) -> None:
        self._source, documents = read_abstracts(count, data_folder)
        self._texts = [document.text for document in documents]
        self._unit = Unit("abstracts/s", len(self._texts))

    def sentences(self, row: str, repeats: int) -> Comparison:
        """Compares splitting into sentences and words with the same by pySBD itself. The cache of
        words is warm on both sides."""
        splitter, segmenter = PysbdSentenceSplitter(), Segmenter(language="en", clean=False)
        ours = self._words(splitter.split_sentences)
        pysbd = self._words(lambda text: segmenter.processor(text).process())
        return self._compare(
            row, Side("the rules of pySBD", ours, _nothing), Side("pySBD", pysbd, _nothing), repeats
        )

    def names(
        self, row: str, repeats: int, folder: Path, knowledge_base: Path = OPEN_KB
    ) -> Comparison:
        """Compares finding all names of a knowledge base with looking up every span. No candidates
        are cached before.

        # Parameters

        folder : `Path`
            Where a knowledge base is made if `knowledge_base` does not exist.
        """
        named = CorpusFormat.by_name("jsonl")().read(CHECKOUT / "fixtures" / "demo" / "train.jsonl")
        path, name = kb_or_names(knowledge_base, list(named), folder)
        kb = KnowledgeBase(str(path))
        return self._compare(
            row,
            Side("spans that may be names", self._match, lambda _: ExactCandidateGenerator(kb)),
            Side("every span", self._match, lambda _: _EverySpan(kb)),
            repeats,
            f" with {name}",
        )

    def _words(self, split: Callable[[str], List[str]]) -> Callable[[Any], None]:
        tokenizer = ScispacyRulesTokenizer()

        def run(_: Any) -> None:
            for text in self._texts:
                for sentence in split(text):
                    tokenizer.token_spans(sentence)

        return run

    def _match(self, generator: ExactCandidateGenerator) -> None:
        matcher = DictionaryMatcher(generator)
        for start in range(0, len(self._texts), BATCH_SIZE):
            matcher.match(self._texts[start : start + BATCH_SIZE])

    def _compare(
        self, row: str, ours: Side, baseline: Side, repeats: int, note: str = ""
    ) -> Comparison:
        return compare(
            row,
            ours,
            baseline,
            repeats,
            self._unit,
            target=3,
            note=f"{self._source}{note}",
            clock=time.process_time,
        )


def _nothing(_: int) -> None:
    return None

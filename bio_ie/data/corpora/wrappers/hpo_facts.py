"""The Human Phenotype Ontology: phenotypes of diseases that its curators read in papers."""

import re
from dataclasses import dataclass
from typing import Iterator, Tuple

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.wrappers.fact_table import CuratedFact, is_pubmed_id
from bio_ie.data.corpora.wrappers.joined_facts import JoinedFactsFormat
from bio_ie.files.source import Source
from bio_ie.knowledge.sources.hpoa import RELATIONS, read_annotations

PHENOTYPE = "P"

HAS_PHENOTYPE = f"has_{RELATIONS[PHENOTYPE]}"
"""As in a knowledge base."""

_NEVER = re.compile(r"HP:0040285|0+(\.0+)?%|0+/\d+")
"""Frequencies of a phenotype that was looked for and not found."""


@CorpusFormat.register("hpo")
class HpoFormat(JoinedFactsFormat):
    """Documents with the phenotypes of diseases that were found in their papers (SNERL,
    "Disease-Phenotype Relations").

    Registered as a `CorpusFormat` with name "hpo". See `JoinedFactsFormat` for its parameters and
    for how facts come to documents; `facts` is `phenotype.hpoa` of
    https://hpo.jax.org/data/annotations.

        {"type": "hpo", "format": "pubtator", "facts": "phenotype.hpoa.gz",
         "knowledge_base": {"path": "kb.sqlite"}}

    A fact is `has_phenotype` from a disease (`OMIM:...`, `ORPHA:...`, `DECIPHER:...`) to an HPO
    term, for each paper of the annotation's references. Left out are annotations that are negated
    (`NOT`, or a frequency of zero), those of another aspect (inheritance, onset, course, ...), and
    those that refer to no paper. With a `knowledge_base`, diseases get its ids; the terms of HPO
    stay what they are.
    """

    maps_tail = False

    def reader(self) -> "HpoReader":
        return HpoReader()


@dataclass(frozen=True)
class HpoReader:
    """Reads `phenotype.hpoa`; see `HpoFormat`."""

    other_files: Tuple[str, ...] = ()

    def facts(self, source: Source) -> Iterator[CuratedFact]:
        noted = source.report.noted
        for annotation in read_annotations(source):
            if annotation.aspect != PHENOTYPE:
                noted["annotations left out: of another aspect than phenotypes"] += 1
            elif annotation.is_negated or _NEVER.fullmatch(annotation.frequency):
                noted["annotations left out: the disease lacks the phenotype"] += 1
            else:
                papers = [int(paper) for paper in annotation.documents if is_pubmed_id(paper)]
                if not papers:
                    noted["annotations left out: no PubMed id"] += 1
                for paper in papers:
                    yield CuratedFact(paper, HAS_PHENOTYPE, annotation.disease, annotation.term)

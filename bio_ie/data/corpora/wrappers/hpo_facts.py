"""The Human Phenotype Ontology: phenotypes of diseases that its curators found in papers."""

import re
from dataclasses import dataclass
from typing import Iterator, Tuple

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.wrappers.fact_table import CuratedFact, is_pubmed_id
from bio_ie.data.corpora.wrappers.joined_facts import JoinedFactsFormat
from bio_ie.files.source import Source
from bio_ie.knowledge.sources.hpoa import RELATIONS, read_annotations
from bio_ie.text.counted import Phrase

PHENOTYPE = "P"

HAS_PHENOTYPE = f"has_{RELATIONS[PHENOTYPE]}"
"""The relation of all facts, which has the same name in a knowledge base."""

_NEVER = re.compile(r"HP:0040285|0+(\.0+)?%|0+/\d+")
"""The frequencies of a phenotype that was looked for and not found."""

_OTHER_ASPECT = Phrase(
    "annotations left out: of another aspect than phenotypes",
    one="annotation left out: of another aspect than phenotypes",
)
_NEGATED = Phrase(
    "annotations left out: the disease lacks the phenotype",
    one="annotation left out: the disease lacks the phenotype",
)
_NO_PAPER = Phrase("annotations left out: no PubMed id", one="annotation left out: no PubMed id")


@CorpusFormat.register("hpo")
class HpoFormat(JoinedFactsFormat):
    """Adds to documents the phenotypes of diseases that curators found in their papers (SNERL,
    "Disease-Phenotype Relations").

    Registered as a `CorpusFormat` with name "hpo". `JoinedFactsFormat` describes its parameters,
    and how facts are joined to documents. `facts` is the file `phenotype.hpoa` of
    https://hpo.jax.org/data/annotations.

        {"type": "hpo", "format": "pubtator", "facts": "phenotype.hpoa.gz",
         "knowledge_base": {"path": "kb.sqlite"}}

    A fact is `has_phenotype` from a disease (`OMIM:...`, `ORPHA:...`, `DECIPHER:...`) to an HPO
    term. There is one fact for each paper in the references of an annotation. Annotations are left
    out if they are negated (`NOT`, or a frequency of zero), if they have another aspect
    (inheritance, onset, course, ...), or if they refer to no paper. With a `knowledge_base`,
    diseases get the ids of this knowledge base, and the terms of HPO keep their ids.
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
                noted[_OTHER_ASPECT] += 1
            elif annotation.is_negated or _NEVER.fullmatch(annotation.frequency):
                noted[_NEGATED] += 1
            else:
                papers = [int(paper) for paper in annotation.documents if is_pubmed_id(paper)]
                if not papers:
                    noted[_NO_PAPER] += 1
                for paper in papers:
                    yield CuratedFact(paper, HAS_PHENOTYPE, annotation.disease, annotation.term)

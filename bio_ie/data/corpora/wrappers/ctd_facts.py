"""CTD: facts about chemicals, genes and diseases that its curators read in papers."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple, Union

from bio_ie.data.corpora.corpus_format import CorpusFormat
from bio_ie.data.corpora.document_ids import DocumentIds
from bio_ie.data.corpora.wrappers.fact_table import CuratedFact, is_pubmed_id
from bio_ie.data.corpora.wrappers.joined_facts import JoinedFactsFormat
from bio_ie.files.corpus_error import quoted
from bio_ie.files.source import Source
from bio_ie.knowledge.candidate_generators import CandidateGenerator
from bio_ie.knowledge.concept_ids import normalize_id, split_id
from bio_ie.knowledge.concept_links import GENE_PREFIX
from bio_ie.knowledge.knowledge_base import KnowledgeBase

PAPERS = "PubMedIDs"

KINDS = {
    ("ChemicalID", "DiseaseID"): ("chem_disease", "DirectEvidence"),
    ("ChemicalID", "GeneID"): ("chem_gene", "InteractionActions"),
    ("GeneID", "DiseaseID"): ("gene_disease", "DirectEvidence"),
}
"""By the columns with head and tail, what relations are called and the column that says which."""

PREFIXES = {"ChemicalID": "MESH", "DiseaseID": "MESH", "GeneID": GENE_PREFIX}
"""Of ids that are given without one."""

ONLY_EVIDENCE = "marker/mechanism"
"""What a table without a column for it is about: that of BRAN has nothing else."""


@CorpusFormat.register("ctd")
class CtdFormat(JoinedFactsFormat):
    """Documents with the facts that CTD's curators found in their papers (BRAN; SNERL, "CTD
    Dataset").

    Registered as a `CorpusFormat` with name "ctd". See `JoinedFactsFormat` for how facts come to
    documents.

        {"type": "ctd", "format": "pubtator", "facts": "CTD_chemicals_diseases.tsv.gz"}

    The files are those of https://ctdbase.org/downloads: chemicals and diseases, genes and
    diseases, chemicals and genes, as `.tsv` or `.csv`, or a table with only the columns
    `ChemicalID`, `DiseaseID` and `PubMedIDs`. A relation is called by its kind and what the file
    says of it: `chem_disease_marker/mechanism`, `gene_disease_therapeutic`,
    `chem_gene_increases^expression`. A row with several, or with several papers, is as many facts.
    Associations that CTD inferred, and rows without a paper, are left out.

    # Parameters

    format, facts, filter, candidate_generator, filter_candidates, exclude_documents, knowledge_base
        See `JoinedFactsFormat`.
    relation_map : `str`, optional (default = `None`)
        A file with two columns, tab between them: a relation as above and the type that its facts
        get. Relations without a type, and those that are not in the file, are left out.
    """

    def __init__(
        self,
        format: CorpusFormat,
        facts: Union[str, List[str]],
        relation_map: Optional[str] = None,
        filter: Optional[str] = None,
        candidate_generator: Optional[CandidateGenerator] = None,
        filter_candidates: int = 250,
        exclude_documents: Optional[DocumentIds] = None,
        knowledge_base: Optional[KnowledgeBase] = None,
    ) -> None:
        super().__init__(
            format,
            facts,
            filter,
            candidate_generator,
            filter_candidates,
            exclude_documents,
            knowledge_base,
        )
        self.relation_map = relation_map

    def reader(self) -> "CtdReader":
        return CtdReader(self.relation_map)


@dataclass(frozen=True)
class CtdReader:
    """Reads CTD's files; see `CtdFormat`."""

    relation_map: Optional[str] = None

    @property
    def other_files(self) -> Tuple[str, ...]:
        return () if self.relation_map is None else (self.relation_map,)

    def facts(self, source: Source) -> Iterator[CuratedFact]:
        types = None
        if self.relation_map is not None:
            path = self.relation_map
            types = read_relation_map(Source(Path(path), path, "raise", source.report))
        noted = source.report.noted
        for columns, values in _rows(source):
            relations = columns.relations(values)
            if not relations:
                noted["rows left out: inferred, not curated"] += 1
                continue
            papers = list(_papers(values[columns.papers], source))
            if not papers:
                noted["rows left out: no PubMed id"] += 1
            head, tail = columns.ends(values)
            for relation in relations:
                type_ = relation if types is None else types.get(relation)
                if type_ is not None:
                    for paper in papers:
                        yield CuratedFact(paper, type_, head, tail)
                else:
                    why = "dropped by" if types and relation in types else "not in"
                    noted[f"curated facts left out: {why} the relation map"] += len(papers)


def read_relation_map(source: Source) -> Dict[str, Optional[str]]:
    """The type of each relation, `None` if it is to be left out."""
    types: Dict[str, Optional[str]] = {}
    for line in source.lines():
        if not line.strip():
            continue
        relation, *rest = (part.strip() for part in line.split("\t"))
        if len(rest) > 1 or not relation:
            raise source.error(f"not a relation and its type, with a tab between: {quoted(line)}")
        if relation in types:
            raise source.error(f"a second line about {relation}")
        types[relation] = (rest[0] if rest else "") or None
    if not types:
        raise source.error("there is no relation in it")
    return types


class _Columns(NamedTuple):
    """Where the parts of a fact are in a row."""

    separator: str
    number: int
    kind: str
    head: int
    tail: int
    prefixes: Tuple[str, str]
    relation: Optional[int]
    papers: int

    def ends(self, values: Sequence[str]) -> Tuple[str, str]:
        head, tail = (
            normalize_id(id if split_id(id)[0] else f"{prefix}:{id}")
            for id, prefix in zip(
                (values[self.head], values[self.tail]), self.prefixes, strict=True
            )
        )
        return head, tail

    def relations(self, values: Sequence[str]) -> List[str]:
        """As BRAN calls them; none of an association that is not curated."""
        said = ONLY_EVIDENCE if self.relation is None else values[self.relation]
        names = (name.strip().replace(" ", "_") for name in said.split("|"))
        return [f"{self.kind}_{name}" for name in names if name]


def _rows(source: Source) -> Iterator[Tuple[_Columns, List[str]]]:
    columns: Optional[_Columns] = None
    for line in source.lines():
        if columns is None:
            # CTD has the names of the columns in a comment, other tables in their first line.
            columns = table_columns(line)
            if columns is None and line.strip() and not line.startswith("#"):
                break
        elif line.strip() and not line.startswith("#"):
            values = line.split("\t") if columns.separator == "\t" else next(csv.reader([line]))
            if len(values) != columns.number:
                detail = f"{len(values)} of {columns.number} in {quoted(line)}"
                source.problem("wrong number of columns", detail)
            elif not values[columns.head].strip() or not values[columns.tail].strip():
                source.problem("a row without both ids", quoted(line))
            else:
                yield columns, values
    if columns is None:
        kinds = "; ".join(", ".join((*ends, PAPERS)) for ends in KINDS)
        raise source.error(f"no line above the rows names the columns of a kind of fact: {kinds}")


def table_columns(line: str) -> Optional[_Columns]:
    """What a line says of the columns, if it does."""
    separator = "\t" if "\t" in line else ","
    names = [name.strip() for name in line.lstrip("#").split(separator)]
    for ends, (kind, relation) in KINDS.items():
        if {*ends, PAPERS}.issubset(names):
            return _Columns(
                separator,
                len(names),
                kind,
                names.index(ends[0]),
                names.index(ends[1]),
                (PREFIXES[ends[0]], PREFIXES[ends[1]]),
                names.index(relation) if relation in names else None,
                names.index(PAPERS),
            )
    return None


def _papers(column: str, source: Source) -> Iterator[int]:
    for paper in filter(None, map(str.strip, column.split("|"))):
        if is_pubmed_id(paper):
            yield int(paper)
        else:
            source.problem("not a PubMed id", quoted(paper))

"""CTD: facts about chemicals, genes and diseases that its curators found in papers."""

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
from bio_ie.text.counted import Phrase

PAPERS = "PubMedIDs"

KINDS = {
    ("ChemicalID", "DiseaseID"): ("chem_disease", "DirectEvidence"),
    ("ChemicalID", "GeneID"): ("chem_gene", "InteractionActions"),
    ("GeneID", "DiseaseID"): ("gene_disease", "DirectEvidence"),
}
"""For each pair of columns with the head and the tail, the first part of the relation's name, and
the column with its second part."""

PREFIXES = {"ChemicalID": "MESH", "DiseaseID": "MESH", "GeneID": GENE_PREFIX}
"""The prefixes of ids that are given without a prefix."""

ONLY_EVIDENCE = "marker/mechanism"
"""The relation of all rows of a table without a column for it, such as the table of BRAN."""


_INFERRED = Phrase(
    "rows left out: inferred, not curated", one="row left out: inferred, not curated"
)
_NO_PAPER = Phrase("rows left out: no PubMed id", one="row left out: no PubMed id")
_DROPPED = Phrase(
    "curated facts left out: dropped by the relation map",
    one="curated fact left out: dropped by the relation map",
)
_NOT_MAPPED = Phrase(
    "curated facts left out: not in the relation map",
    one="curated fact left out: not in the relation map",
)


@CorpusFormat.register("ctd")
class CtdFormat(JoinedFactsFormat):
    """Adds to documents the facts that CTD's curators found in their papers (BRAN; SNERL, "CTD
    Dataset").

    Registered as a `CorpusFormat` with name "ctd". `JoinedFactsFormat` describes how facts are
    joined to documents.

        {"type": "ctd", "format": "pubtator", "facts": "CTD_chemicals_diseases.tsv.gz"}

    The files are those of https://ctdbase.org/downloads (chemicals and diseases, genes and
    diseases, chemicals and genes) as `.tsv` or `.csv`, or a table with only the columns
    `ChemicalID`, `DiseaseID` and `PubMedIDs`. The name of a relation consists of its kind and its
    description in the file: `chem_disease_marker/mechanism`, `gene_disease_therapeutic`,
    `chem_gene_increases^expression`. A row with several relations or several papers gives one fact
    for each of them. Associations that CTD inferred, and rows without a paper, are left out.

    # Parameters

    format, facts, filter, candidate_generator, filter_candidates, exclude_documents, knowledge_base
        See `JoinedFactsFormat`.
    relation_map : `str`, optional (default = `None`)
        A file with two columns, separated by a tab: the name of a relation, and the type that its
        facts get. Relations without a type, and relations that are not in the file, are left out.
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
                noted[_INFERRED] += 1
                continue
            papers = list(_papers(values[columns.papers], source))
            if not papers:
                noted[_NO_PAPER] += 1
            head, tail = columns.ends(values)
            for relation in relations:
                type_ = relation if types is None else types.get(relation)
                if type_ is not None:
                    for paper in papers:
                        yield CuratedFact(paper, type_, head, tail)
                else:
                    is_dropped = types is not None and relation in types
                    noted[_DROPPED if is_dropped else _NOT_MAPPED] += len(papers)


def read_relation_map(source: Source) -> Dict[str, Optional[str]]:
    """The type of each relation, or `None` for a relation that is left out."""
    types: Dict[str, Optional[str]] = {}
    for line in source.lines():
        if not line.strip():
            continue
        relation, *rest = (part.strip() for part in line.split("\t"))
        if len(rest) > 1 or not relation:
            raise source.error(f"not a relation and a type, separated by a tab: {quoted(line)}")
        if relation in types:
            raise source.error(f"a second line for the relation {relation}")
        types[relation] = (rest[0] if rest else "") or None
    if not types:
        raise source.error("the file has no relation")
    return types


class _Columns(NamedTuple):
    """The columns of a table in which the parts of a fact are."""

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
        """The names of the relations of a row, as in BRAN; empty for an association that is not
        curated."""
        said = ONLY_EVIDENCE if self.relation is None else values[self.relation]
        names = (name.strip().replace(" ", "_") for name in said.split("|"))
        return [f"{self.kind}_{name}" for name in names if name]


def _rows(source: Source) -> Iterator[Tuple[_Columns, List[str]]]:
    columns: Optional[_Columns] = None
    for line in source.lines():
        if columns is None:
            # CTD has the names of the columns in a comment; other tables have them in their first
            # line.
            columns = table_columns(line)
            if columns is None and line.strip() and not line.startswith("#"):
                break
        elif line.strip() and not line.startswith("#"):
            try:
                values = _values(line, columns.separator)
            except csv.Error as error:
                source.problem("not a row of comma-separated values", str(error))
                continue
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


def _values(line: str, separator: str) -> List[str]:
    if separator == "\t":
        return line.split("\t")
    # The library's limit would refuse a long list of references.
    csv.field_size_limit(max(csv.field_size_limit(), len(line)))
    return next(csv.reader([line]))


def table_columns(line: str) -> Optional[_Columns]:
    """The columns that a line names, or `None` if it is not a line with names of columns."""
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

"""The vocabularies of the Comparative Toxicogenomics Database: diseases (MEDIC) and chemicals."""

from typing import Dict, Iterator, List, Optional

from bio_ie.files.corpus_error import quoted
from bio_ie.files.source import Source
from bio_ie.knowledge.concept_ids import normalize_id, split_id
from bio_ie.knowledge.sources.knowledge_source import SYNONYMS, KnowledgeSource, SourceReport
from bio_ie.knowledge.statements import (
    AlternateId,
    ConceptName,
    ConceptRelation,
    ConceptType,
    Definition,
    Statement,
)
from bio_ie.text.counted import Phrase

IS_A = "is_a"

_KINDS = {
    "Disease": Phrase("diseases", one="disease"),
    "Chemical": Phrase("chemicals", one="chemical"),
}
"""The kinds of files, each with the phrase that counts its rows."""

_ALTERNATE_IDS = {"AltDiseaseIDs": None, "CasRN": "CAS", "DrugBankIDs": "DrugBank"}
"""The columns with alternate ids, and the prefix that has to be added to these ids."""


@KnowledgeSource.register("ctd")
class CtdSource(KnowledgeSource):
    """Reads `CTD_diseases.tsv` or `CTD_chemicals.tsv`, gzipped or not: names, synonyms,
    definitions, alternate ids, and parents as `is_a` relations. Columns are found by their names,
    which the file lists below `# Fields:`, so columns that later releases add do no harm.

    Registered as a `KnowledgeSource` with name "ctd".

    # Parameters

    path : `str`
    semantic_type : `str`, optional (default = `"Disease"` or `"Chemical"`)
        The semantic type of all concepts of the file.
    on_error : `str`, optional (default = `"raise"`)
    """

    def __init__(
        self, path: str, semantic_type: Optional[str] = None, on_error: str = "raise"
    ) -> None:
        super().__init__(path, on_error)
        self.semantic_type = semantic_type

    def _read(self, source: Source, report: SourceReport) -> Iterator[Statement]:
        columns: List[str] = []
        kind = ""
        is_heading = False
        for line in source.lines():
            if line.startswith("#"):
                if is_heading and not columns:
                    columns = line[1:].strip().split("\t")
                    kind = _kind(columns, source)
                is_heading = is_heading or line[1:].strip() == "Fields:"
            elif not columns:
                raise source.error("no list of columns ('# Fields:') above the rows")
            elif line.strip():
                values = line.split("\t")
                if len(values) != len(columns):
                    detail = f"{len(values)} of {len(columns)} in {quoted(line)}"
                    source.problem("wrong number of columns", detail)
                    continue
                row = {column: value.strip() for column, value in zip(columns, values, strict=True)}
                if not row[f"{kind}ID"] or not row[f"{kind}Name"]:
                    source.problem("a row without id or name", quoted(line))
                    continue
                yield from self._concept(row, kind, report)

    def _concept(self, row: Dict[str, str], kind: str, report: SourceReport) -> Iterator[Statement]:
        report.read[_KINDS[kind]] += 1
        concept = _id(row[f"{kind}ID"], "MESH")
        yield ConceptName(concept, row[f"{kind}Name"], 0)
        for synonym in _list(row, "Synonyms"):
            report.read[SYNONYMS] += 1
            yield ConceptName(concept, synonym)
        yield ConceptType(concept, self.semantic_type or kind)
        if row.get("Definition"):
            yield Definition(concept, row["Definition"])
        for column, prefix in _ALTERNATE_IDS.items():
            for id in _list(row, column):
                yield AlternateId(concept, _id(id, prefix))
        for parent in _list(row, "ParentIDs"):
            yield ConceptRelation(concept, IS_A, _id(parent, "MESH"))


def _kind(columns: List[str], source: Source) -> str:
    for kind in _KINDS:
        if {f"{kind}Name", f"{kind}ID"}.issubset(columns):
            return kind
    raise source.error(f"neither CTD's diseases nor its chemicals: the columns are {columns}")


def _list(row: Dict[str, str], column: str) -> Iterator[str]:
    return filter(None, map(str.strip, row.get(column, "").split("|")))


def _id(id: str, prefix: Optional[str]) -> str:
    """The normalised id. The prefix is added where it is missing, as in the files of some years."""
    return normalize_id(id if prefix is None or split_id(id)[0] else f"{prefix}:{id}")

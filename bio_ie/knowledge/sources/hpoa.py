"""Which diseases have which phenotypes, by the annotations of the Human Phenotype Ontology."""

from typing import Dict, Iterator, List, Tuple

from bio_ie.data.corpora.source import Source, quoted
from bio_ie.knowledge.concept_ids import normalize_id
from bio_ie.knowledge.sources.knowledge_source import KnowledgeSource, SourceReport
from bio_ie.knowledge.statements import (
    REFERENCE,
    ConceptName,
    ConceptRelation,
    ConceptType,
    Statement,
)

RELATIONS = {
    "P": "phenotype",
    "I": "mode_of_inheritance",
    "C": "clinical_course",
    "M": "clinical_modifier",
    "H": "past_medical_history",
}
"""By the aspect of an annotation; with `has_`, or `lacks_` if it is qualified by NOT."""

_COLUMNS = ("databaseid", "diseasename", "qualifier", "hpoid", "reference", "aspect")
"""Needed; as releases of any year call them, without underscores and in small letters."""


@KnowledgeSource.register("hpoa")
class HpoaSource(KnowledgeSource):
    """Reads `phenotype.hpoa`: relations from diseases (OMIM, Orphanet, DECIPHER) to HPO terms,
    such as `has_phenotype`, `has_mode_of_inheritance` or `lacks_phenotype`, with their references,
    PubMed ids as bare numbers.

    The diseases are referred to, not defined: a disease that another source of the knowledge base
    knows by this id, be it as an alternate one, is that concept, and gets the name as another
    synonym. The HPO terms come from the ontology, a source of its own.

    Registered as a `KnowledgeSource` with name "hpoa".

    # Parameters

    path : `str`
    semantic_type : `str`, optional (default = `"Disease"`)
        Of the diseases.
    on_error : `str`, optional (default = `"raise"`)
    """

    def __init__(self, path: str, semantic_type: str = "Disease", on_error: str = "raise") -> None:
        super().__init__(path, on_error)
        self.semantic_type = semantic_type

    def _read(self, source: Source, report: SourceReport) -> Iterator[Statement]:
        places: Dict[str, int] = {}
        width = 0
        named = set()
        for line in source.lines():
            values = [value.strip() for value in line.split("\t")]
            if not places:
                columns = [value.lstrip("#").replace("_", "").lower() for value in values]
                if set(_COLUMNS).issubset(columns):
                    places = {column: columns.index(column) for column in _COLUMNS}
                    width = len(columns)
                elif not line.startswith("#"):
                    raise source.error(f"no heading with the columns {', '.join(_COLUMNS)}")
                continue
            if not line.strip():
                continue
            if len(values) != width:
                detail = f"{len(values)} of {width} in {quoted(line)}"
                source.problem("wrong number of columns", detail)
                continue
            id, name, qualifier, term, reference, aspect = (values[places[key]] for key in _COLUMNS)
            if not id or not term or aspect not in RELATIONS:
                source.problem("no annotation", quoted(line))
                continue
            disease = normalize_id(id)
            report.read["annotations"] += 1
            if (disease, name) not in named:
                named.add((disease, name))
                yield ConceptName(disease, name or disease, REFERENCE)
                yield ConceptType(disease, self.semantic_type)
            relation = ("lacks_" if qualifier == "NOT" else "has_") + RELATIONS[aspect]
            yield ConceptRelation(disease, relation, normalize_id(term), _documents(reference))


def _documents(references: str) -> Tuple[str, ...]:
    documents: List[str] = []
    for reference in references.split(";"):
        reference = reference.strip()
        prefix, _, number = reference.partition(":")
        documents.append(number.strip() if prefix.upper() == "PMID" else reference)
    return tuple(filter(None, documents))

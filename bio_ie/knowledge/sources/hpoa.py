"""The annotations of the Human Phenotype Ontology: which diseases have which phenotypes."""

from typing import Iterator, List, NamedTuple, Tuple

from bio_ie.files.corpus_error import quoted
from bio_ie.files.source import Source
from bio_ie.knowledge.concept_ids import normalize_id
from bio_ie.knowledge.sources.knowledge_source import KnowledgeSource, SourceReport
from bio_ie.knowledge.statements import (
    REFERENCE,
    ConceptName,
    ConceptRelation,
    ConceptType,
    Statement,
)
from bio_ie.text.counted import Phrase

RELATIONS = {
    "P": "phenotype",
    "I": "mode_of_inheritance",
    "C": "clinical_course",
    "M": "clinical_modifier",
    "H": "past_medical_history",
}
"""The relation for each aspect of an annotation. It is prefixed with `has_`, or with `lacks_` if
the annotation is qualified by NOT."""

_COLUMNS = ("databaseid", "diseasename", "qualifier", "hpoid", "reference", "aspect")
"""The required columns. Their names are the same in all releases after removing underscores and
lower-casing."""

_FREQUENCY = "frequency"
"""An optional column."""

_ANNOTATIONS = Phrase("annotations", one="annotation")


class Annotation(NamedTuple):
    """A row of `phenotype.hpoa`. `disease` and `term` are normalised ids (`normalize_id`).
    `documents` are the references, PubMed ids as bare numbers."""

    disease: str
    name: str
    is_negated: bool
    term: str
    documents: Tuple[str, ...]
    aspect: str
    frequency: str


@KnowledgeSource.register("hpoa")
class HpoaSource(KnowledgeSource):
    """Reads `phenotype.hpoa`: relations from diseases (OMIM, Orphanet, DECIPHER) to HPO terms,
    such as `has_phenotype`, `has_mode_of_inheritance` or `lacks_phenotype`, with their references,
    PubMed ids as bare numbers.

    This source only refers to diseases and does not define them. If another source of the knowledge
    base has a concept with the id of a disease, also as an alternate id, then the disease is that
    concept, which gets the name of the disease as another synonym. The HPO terms come from the
    ontology, which is another source.

    Registered as a `KnowledgeSource` with name "hpoa".

    # Parameters

    path : `str`
    semantic_type : `str`, optional (default = `"Disease"`)
        The semantic type of the diseases.
    on_error : `str`, optional (default = `"raise"`)
    """

    def __init__(self, path: str, semantic_type: str = "Disease", on_error: str = "raise") -> None:
        super().__init__(path, on_error)
        self.semantic_type = semantic_type

    def _read(self, source: Source, report: SourceReport) -> Iterator[Statement]:
        named = set()
        for annotation in read_annotations(source):
            report.read[_ANNOTATIONS] += 1
            disease, name = annotation.disease, annotation.name
            if (disease, name) not in named:
                named.add((disease, name))
                yield ConceptName(disease, name or disease, REFERENCE)
                yield ConceptType(disease, self.semantic_type)
            relation = ("lacks_" if annotation.is_negated else "has_") + RELATIONS[
                annotation.aspect
            ]
            yield ConceptRelation(disease, relation, annotation.term, annotation.documents)


def read_annotations(source: Source) -> Iterator[Annotation]:
    """The rows of `phenotype.hpoa`, by the names of their columns."""
    columns: List[str] = []
    for line in source.lines():
        values = [value.strip() for value in line.split("\t")]
        if not columns:
            heading = [value.lstrip("#").replace("_", "").lower() for value in values]
            if set(_COLUMNS).issubset(heading):
                columns = heading
                places = [columns.index(column) for column in _COLUMNS]
                frequency = columns.index(_FREQUENCY) if _FREQUENCY in columns else None
            elif not line.startswith("#"):
                raise source.error(f"no heading with the columns {', '.join(_COLUMNS)}")
            continue
        if not line.strip():
            continue
        if len(values) != len(columns):
            detail = f"{len(values)} of {len(columns)} in {quoted(line)}"
            source.problem("wrong number of columns", detail)
            continue
        id, name, qualifier, term, reference, aspect = (values[place] for place in places)
        if not id or not term or aspect not in RELATIONS:
            source.problem("not an annotation", quoted(line))
            continue
        yield Annotation(
            normalize_id(id),
            name,
            qualifier == "NOT",
            normalize_id(term),
            _documents(reference),
            aspect,
            values[frequency] if frequency is not None else "",
        )


def _documents(references: str) -> Tuple[str, ...]:
    documents: List[str] = []
    for reference in references.split(";"):
        reference = reference.strip()
        prefix, _, number = reference.partition(":")
        documents.append(number.strip() if prefix.upper() == "PMID" else reference)
    return tuple(filter(None, documents))

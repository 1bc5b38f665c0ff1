"""Medical Subject Headings: descriptors and supplementary records."""

from typing import Dict, Iterator, List, Optional, Tuple

from bio_ie.files.corpus_error import quoted
from bio_ie.files.source import Source
from bio_ie.knowledge.concept_ids import normalize_id
from bio_ie.knowledge.sources.ctd import IS_A
from bio_ie.knowledge.sources.knowledge_source import KnowledgeSource, SourceReport
from bio_ie.knowledge.sources.mesh_xml import read_records
from bio_ie.knowledge.statements import (
    AlternateId,
    ConceptName,
    ConceptRelation,
    ConceptType,
    Definition,
    Statement,
)
from bio_ie.text.counted import Phrase

_RECORDS = Phrase("records", one="record")
_NAMES = Phrase("names", one="name")
_MAPPINGS = Phrase("mappings", one="mapping")
_TREE_NUMBERS = Phrase("tree numbers", one="tree number")

CATEGORIES = {
    "A": "Anatomy",
    "B": "Organisms",
    "C": "Diseases",
    "D": "Chemicals and Drugs",
    "E": "Analytical, Diagnostic and Therapeutic Techniques, and Equipment",
    "F": "Psychiatry and Psychology",
    "G": "Phenomena and Processes",
    "H": "Disciplines and Occupations",
    "I": "Anthropology, Education, Sociology, and Social Phenomena",
    "J": "Technology, Industry, and Agriculture",
    "K": "Humanities",
    "L": "Information Science",
    "M": "Named Groups",
    "N": "Health Care",
    "V": "Publication Characteristics",
    "Z": "Geographicals",
}
"""The names of MeSH's trees."""

_CATEGORY_OF_CLASS = {"1": "D", "2": "E", "3": "C", "4": "B", "5": "M", "6": "A"}
"""The tree for each class of supplementary records, which are in no tree."""

_TREE_OF_VOCABULARY = {
    "CHEBI": "D", "PUBCHEM": "D", "UP": "D12.776", "HGNC": "D12.776", "DOID": "C", "HP": "C",
}  # fmt: skip
"""The tree (or a part of it) for each vocabulary that a supplementary record is mapped to. The file
of mappings has no class, but the vocabulary tells the kind of a record: UniProt has proteins, and
the genes of HGNC are also proteins in MeSH."""


@KnowledgeSource.register("mesh")
class MeshSource(KnowledgeSource):
    """Reads MeSH: names, semantic types by tree and, from XML, definitions (scope notes), registry
    numbers, pharmacological actions, related descriptors and the descriptors that a supplementary
    record is mapped to. A descriptor has an `is_a` relation to each descriptor that has one of its
    tree numbers without the last part. The content of a file decides how it is read:

    * XML as NLM publishes it (`desc2026.xml`, `supp2026.xml`, gzipped or not) is read record by
      record;
    * lines with an id, a name, and synonyms separated by bars (`mesh_id_label_mappings.tsv`);
    * lines with `MESH`, an id, a name, another vocabulary, and the id and the name there
      (`mesh_mappings.tsv`). They give cross-references and names, among others of supplementary
      records.

    Registered as a `KnowledgeSource` with name "mesh".

    # Parameters

    path : `str`
    tree_numbers : `str`, optional
        A file with a heading and a line (id, name, tree number) for each tree number. XML contains
        the tree numbers itself.
    semantic_types : `Dict[str, str]`, optional
        The semantic type for each beginning of a tree number; the longest beginning decides.
        Example: `{"C": "Disease", "F03": "Disease"}`. All other concepts have the name of their
        tree as their type.
    mapped_names : `bool`, optional (default = `False`)
        Whether the names in other vocabularies become synonyms.
    on_error : `str`, optional (default = `"raise"`)
    """

    def __init__(
        self,
        path: str,
        tree_numbers: Optional[str] = None,
        semantic_types: Optional[Dict[str, str]] = None,
        mapped_names: bool = False,
        on_error: str = "raise",
    ) -> None:
        super().__init__(path, on_error)
        self.tree_numbers = tree_numbers
        self.mapped_names = mapped_names
        types = {**CATEGORIES, **(semantic_types or {})}
        self._types = sorted(types.items(), key=lambda item: (-len(item[0]), item))

    def _read(self, source: Source, report: SourceReport) -> Iterator[Statement]:
        trees: List[Tuple[str, str]] = []
        with source.binary() as file:
            is_xml = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<")
        yield from self._xml(source, trees, report) if is_xml else self._lines(source, report)
        if self.tree_numbers is not None:
            trees.extend(_tree_numbers(self._source(self.tree_numbers, report)))
        report.read[_TREE_NUMBERS] += len(trees)
        yield from self._hierarchy(trees)

    def _xml(
        self, source: Source, trees: List[Tuple[str, str]], report: SourceReport
    ) -> Iterator[Statement]:
        for record in read_records(source):
            concept = f"MESH:{record.id}"
            report.read[_RECORDS] += 1
            report.read[_NAMES] += len(record.names)
            for place, name in enumerate(record.names):
                yield ConceptName(concept, name, 0) if not place else ConceptName(concept, name)
            if record.definition is not None:
                yield Definition(concept, record.definition)
            for id in record.alternate_ids:
                yield AlternateId(concept, id)
            for type_, other in record.relations:
                yield ConceptRelation(concept, type_, f"MESH:{other}")
            if record.supplementary_class in _CATEGORY_OF_CLASS:
                yield self._type(concept, _CATEGORY_OF_CLASS[record.supplementary_class])
            trees.extend((concept, number) for number in record.tree_numbers)

    def _lines(self, source: Source, report: SourceReport) -> Iterator[Statement]:
        last = ""
        for line in source.lines():
            if not line.strip():
                continue
            values = [value.strip() for value in line.split("\t")]
            is_mapping = len(values) == 6 and values[0] == "MESH"
            if not (is_mapping or len(values) in (2, 3)) or not all(values[:2]):
                source.problem("neither names nor a mapping of a record", quoted(line))
            elif is_mapping:
                is_new, last = last != values[1], values[1]
                yield from self._mapping(values, is_new, report)
            else:
                concept = f"MESH:{values[0]}"
                report.read[_RECORDS] += 1
                names = [values[1], *filter(None, "".join(values[2:]).split("|"))]
                report.read[_NAMES] += len(names)
                yield ConceptName(concept, names[0], 0)
                for name in names[1:]:
                    yield ConceptName(concept, name)

    def _mapping(
        self, values: List[str], is_new: bool, report: SourceReport
    ) -> Iterator[Statement]:
        _, id, name, vocabulary, other, other_name = values
        concept = f"MESH:{id}"
        report.read[_MAPPINGS] += 1
        if is_new:
            report.read[_RECORDS] += 1
            yield ConceptName(concept, name, 0)
        other = other if ":" in other else f"{vocabulary}:{other}"
        yield AlternateId(concept, normalize_id(other))
        if self.mapped_names and other_name and other_name != name:
            yield ConceptName(concept, other_name)
        # Only for supplementary records: descriptors have tree numbers.
        if id.startswith("C") and vocabulary in _TREE_OF_VOCABULARY:
            yield self._type(concept, _TREE_OF_VOCABULARY[vocabulary])

    def _hierarchy(self, trees: List[Tuple[str, str]]) -> Iterator[Statement]:
        concepts = {number: concept for concept, number in trees}
        for concept, number in trees:
            yield self._type(concept, number)
            parent, _, _ = number.rpartition(".")
            if parent in concepts:
                yield ConceptRelation(concept, IS_A, concepts[parent])

    def _type(self, concept: str, tree_number: str) -> ConceptType:
        for start, type_ in self._types:
            if tree_number.startswith(start):
                return ConceptType(concept, type_)
        return ConceptType(concept, tree_number[:1])


def _tree_numbers(source: Source) -> Iterator[Tuple[str, str]]:
    for line in source.lines():
        values = [value.strip() for value in line.split("\t")]
        if source.line == 1 and values[0] == "mesh_id":
            continue
        if len(values) == 3 and all(values):
            yield f"MESH:{values[0]}", values[2]
        elif line.strip():
            source.problem("not a tree number of a descriptor", quoted(line))

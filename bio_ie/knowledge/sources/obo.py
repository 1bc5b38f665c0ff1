"""Ontologies in OBO or OBO-graph notation: the Human Phenotype Ontology, the Disease Ontology."""

from typing import Iterator, Optional, Sequence

from allennlp.common.checks import ConfigurationError

from bio_ie.files.source import Source
from bio_ie.knowledge.concept_ids import normalize_id
from bio_ie.knowledge.sources.ctd import IS_A
from bio_ie.knowledge.sources.knowledge_source import SYNONYMS, KnowledgeSource, SourceReport
from bio_ie.knowledge.sources.obo_graph import read_obo_graph
from bio_ie.knowledge.sources.obo_text import read_obo_text
from bio_ie.knowledge.sources.ontology_term import OntologyTerm, branches
from bio_ie.knowledge.statements import (
    AlternateId,
    ConceptName,
    ConceptRelation,
    ConceptType,
    Definition,
    InverseRelation,
    Statement,
)
from bio_ie.text.counted import Phrase

SCOPES = ("EXACT", "BROAD", "NARROW", "RELATED")

_TERMS = Phrase("terms", one="term")


@KnowledgeSource.register("obo")
class OboSource(KnowledgeSource):
    """Reads an ontology, `.obo` or OBO-graph `.json`, gzipped or not: names, synonyms,
    definitions, `is_a` and other relations. Its alternate ids, its cross-references and the ids of
    the obsolete terms that it replaces become the alternate ids of a term. Terms without a name, by
    which a file refers to other ontologies, are left out and counted. The whole file is in memory
    while it is read.

    Registered as a `KnowledgeSource` with name "obo".

    # Parameters

    path : `str`
    semantic_type : `str`, optional
        The semantic type of all terms. By default, the type of a term is its namespace if the file
        has several namespaces (GO). Otherwise the type is the branch of the term, which is the name
        of its ancestor right below the root (`Phenotypic abnormality`). A term can be in several
        branches.
    obsolete : `bool`, optional (default = `False`)
        Whether obsolete terms become concepts.
    synonym_scopes : `List[str]`, optional (default = `["EXACT", "BROAD", "NARROW", "RELATED"]`)
        The scopes of the synonyms that become names.
    on_error : `str`, optional (default = `"raise"`)
    """

    def __init__(
        self,
        path: str,
        semantic_type: Optional[str] = None,
        obsolete: bool = False,
        synonym_scopes: Sequence[str] = SCOPES,
        on_error: str = "raise",
    ) -> None:
        super().__init__(path, on_error)
        unknown = sorted(set(synonym_scopes).difference(SCOPES))
        if unknown:
            raise ConfigurationError(f"synonym_scopes are {', '.join(SCOPES)}, not {unknown}")
        self.semantic_type = semantic_type
        self.obsolete = obsolete
        self.synonym_scopes = frozenset(synonym_scopes)

    def _read(self, source: Source, report: SourceReport) -> Iterator[Statement]:
        with source.binary() as file:
            is_json = file.read(64).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{")
        ontology = read_obo_graph(source) if is_json else read_obo_text(source)
        if not ontology.terms:
            raise source.error("the file has no term")
        if not any(term.name for term in ontology.terms):
            first = ontology.terms[0]
            source.problem("a term without a name", first.id, first.line)
        namespaces = {term.namespace for term in ontology.terms} - {None}
        by_branch = branches(ontology.terms) if len(namespaces) < 2 else {}
        for term in ontology.terms:
            report.read[_TERMS] += 1
            if term.is_obsolete and not self.obsolete:
                report.read["of them obsolete and left out"] += 1
                for id in term.replaced_by:
                    yield AlternateId(normalize_id(id), normalize_id(term.id))
                continue
            if not term.name:
                report.read["of them without a name and left out"] += 1
                continue
            if self.semantic_type is not None:
                types = [self.semantic_type]
            elif by_branch:
                types = sorted(by_branch.get(term.id, ()))
            else:
                types = [term.namespace] if term.namespace else []
            for type_ in types:
                yield ConceptType(normalize_id(term.id), type_)
            yield from self._term(term, report)
        for type_, inverse in ontology.inverses:
            yield InverseRelation(type_, inverse)

    def _term(self, term: OntologyTerm, report: SourceReport) -> Iterator[Statement]:
        concept = normalize_id(term.id)
        yield ConceptName(concept, term.name, 0)
        names = (name for scope, name in term.synonyms if scope in self.synonym_scopes)
        for name in dict.fromkeys(names):
            if name and name != term.name:
                report.read[SYNONYMS] += 1
                yield ConceptName(concept, name)
        if term.definition:
            yield Definition(concept, term.definition)
        for id in (*term.alternate_ids, *term.cross_references):
            yield AlternateId(concept, normalize_id(id))
        for parent in term.parents:
            yield ConceptRelation(concept, IS_A, normalize_id(parent))
        for type_, other in term.relations:
            yield ConceptRelation(concept, type_, normalize_id(other))

"""Reads the text form of OBO with pronto."""

import io
import re
import warnings
from typing import List, Tuple

import pronto

from bio_ie.files.source import Source
from bio_ie.files.xml_elements import refuse_entities
from bio_ie.knowledge.sources.ontology_term import Ontology, OntologyTerm

_QUOTED = rb'"(?:[^"\\\n]|\\.)*"'
_UNNEEDED = (
    re.compile(rb"^(def: " + _QUOTED + rb").*$", re.M),
    re.compile(rb"^(synonym: " + _QUOTED + rb" (?:EXACT|BROAD|NARROW|RELATED)\b).*$", re.M),
)
"""Lines whose ends (references, and the type of a synonym) are removed. They are not needed here,
and in published files they have content that pronto refuses: references with spaces, bare
addresses, and synonym types that are not declared."""


def read_obo_text(source: Source) -> Ontology:
    """Reads a whole file. Imported ontologies are not read. Raises `CorpusError` if the file cannot
    be read."""
    with source.binary() as file:
        content = file.read().replace(b"\r\n", b"\n")
    refuse_entities(source, content)  # pronto also reads OWL
    for pattern in _UNNEEDED:
        content = pattern.sub(rb"\1 []", content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # one for each part that OBO allows and OWL does not
            ontology = pronto.Ontology(io.BytesIO(content), import_depth=0, threads=1)
    except Exception as error:  # pronto passes on every kind of error of its parsers
        line = getattr(error, "lineno", None) or getattr(error.__cause__, "lineno", None)
        raise source.error(f"not an ontology that can be read: {error}", line) from error
    namespace = ontology.metadata.default_namespace
    inverses: List[Tuple[str, str]] = []
    for relationship in ontology.relationships():
        if relationship.inverse_of is not None:
            inverses.append((relationship.id, relationship.inverse_of.id))
        elif relationship.symmetric:
            inverses.append((relationship.id, relationship.id))
    terms = [_term(term, namespace) for term in ontology.terms()]
    return Ontology(sorted(terms, key=lambda term: term.id), inverses)


def _term(term: pronto.Term, namespace: "str | None") -> OntologyTerm:
    # Sorted, because pronto has sets, whose order changes from run to run.
    return OntologyTerm(
        id=term.id,
        name=(term.name or "").strip(),
        definition=str(term.definition).strip() if term.definition else None,
        synonyms=sorted(
            (item.scope or "RELATED", item.description.strip()) for item in term.synonyms
        ),
        alternate_ids=sorted(term.alternate_ids),
        cross_references=sorted(item.id for item in term.xrefs),
        parents=sorted(item.id for item in term.superclasses(distance=1, with_self=False)),
        relations=sorted(
            (relationship.id, other.id)
            for relationship, others in term.relationships.items()
            for other in others
        ),
        namespace=term.namespace or namespace,
        is_obsolete=term.obsolete,
        replaced_by=sorted(item.id for item in term.replaced_by),
    )

"""OBO text, through pronto."""

import io
import re
import warnings
from typing import List, Tuple

import pronto

from bio_ie.files.source import Source
from bio_ie.knowledge.sources.ontology_term import Ontology, OntologyTerm

_QUOTED = rb'"(?:[^"\\\n]|\\.)*"'
_UNNEEDED = (
    re.compile(rb"^(def: " + _QUOTED + rb").*$", re.M),
    re.compile(rb"^(synonym: " + _QUOTED + rb" (?:EXACT|BROAD|NARROW|RELATED)\b).*$", re.M),
)
"""Who says so, and the kind of a synonym. Nothing here needs them, and published files write there
what pronto refuses: references with spaces, bare addresses, kinds that are declared nowhere."""


def read_obo_text(source: Source) -> Ontology:
    """Reads a whole file. Imported ontologies are not looked for. Raises `CorpusError`."""
    with source.binary() as file:
        content = file.read().replace(b"\r\n", b"\n")
    for pattern in _UNNEEDED:
        content = pattern.sub(rb"\1 []", content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it names each thing that OBO allows and OWL does not
            ontology = pronto.Ontology(io.BytesIO(content), import_depth=0, threads=1)
    except Exception as error:  # pronto raises what its parsers do
        line = getattr(error, "lineno", None) or getattr(error.__cause__, "lineno", None)
        raise source.error(f"no ontology that can be read: {error}", line) from error
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
    # pronto keeps sets, whose order changes from run to run.
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

"""Reads the text form of OBO.

Libraries for OBO refuse a file as a whole for one line that they cannot read, and files that refer
to ontologies that are not there. Published files have both. This reader takes the tags that a
knowledge base uses, and loses a line that it cannot read alone.
"""

from typing import Callable, Dict, List, Mapping, Optional, Tuple

from bio_ie.files.bad_items import BadItem, skippable
from bio_ie.files.source import Source
from bio_ie.knowledge.sources.obo_lines import (
    Stanza,
    TagLine,
    check_date,
    cross_reference,
    identifiers,
    quoted_text,
    read_stanzas,
    unescaped,
)
from bio_ie.knowledge.sources.ontology_term import Ontology, OntologyTerm

_SCOPES = ("EXACT", "BROAD", "NARROW", "RELATED")
_DATES = ("date", "creation_date")


def read_obo_text(source: Source) -> Ontology:
    """Reads a whole file. Imported ontologies are not read. Lines that cannot be read go to
    `source.problem`, and so do terms without an id."""
    terms: Dict[str, OntologyTerm] = {}
    inverses: Dict[Tuple[str, str], None] = {}
    namespace: Optional[str] = None
    for stanza in read_stanzas(source):
        if stanza.kind == "":
            namespace = _header(stanza, source)
        elif stanza.kind == "Term":
            _read_term(stanza, terms, source)
        elif stanza.kind == "Typedef":
            inverses.update(dict.fromkeys(_inverses(stanza, source)))
    for term in terms.values():
        term.namespace = term.namespace or namespace
        _sort(term)
    return Ontology(sorted(terms.values(), key=lambda term: term.id), list(inverses))


def _header(stanza: Stanza, source: Source) -> Optional[str]:
    """Reads the header of the file. Returns the default namespace."""
    namespace = None
    for line in stanza.lines:
        with skippable(source, line=line.number):
            if line.tag in _DATES:
                check_date(line.value)
            elif line.tag == "default-namespace":
                namespace = line.value
    return namespace


def _read_term(stanza: Stanza, terms: Dict[str, OntologyTerm], source: Source) -> None:
    """Adds a term, or more about a term that has a stanza already."""
    term_id = _id(stanza, source)
    if term_id is None:
        return
    term = terms.setdefault(term_id, OntologyTerm(term_id, "", line=stanza.number))
    for line in stanza.lines:
        with skippable(source, line=line.number):
            if line.tag in _READERS:
                _READERS[line.tag](term, line.value)
            elif line.tag in _SYNONYMS:
                _add_synonym(term, line)
            elif line.tag in _DATES:
                check_date(line.value)


def _id(stanza: Stanza, source: Source) -> Optional[str]:
    lines = [line for line in stanza.lines if line.tag == "id"]
    with skippable(source, line=lines[0].number if lines else stanza.number):
        if not lines:
            raise BadItem(f"a {stanza.kind} without an id")
        return identifiers(lines[0].value)[0]
    return None


def _inverses(stanza: Stanza, source: Source) -> List[Tuple[str, str]]:
    """The pairs of a relation and its inverse that the stanza of the relation tells."""
    relation = _id(stanza, source)
    pairs: List[Tuple[str, str]] = []
    for line in stanza.lines if relation is not None else ():
        with skippable(source, line=line.number):
            if line.tag == "inverse_of":
                pairs.append((str(relation), identifiers(line.value)[0]))
            elif line.tag == "is_symmetric" and _is_true(line.value):
                pairs.append((str(relation), str(relation)))
    return pairs


# Each of these functions reads one value of a term.


def _set_name(term: OntologyTerm, value: str) -> None:
    term.name = unescaped(value).strip()


def _set_definition(term: OntologyTerm, value: str) -> None:
    term.definition = quoted_text(value)[0] or None


def _set_namespace(term: OntologyTerm, value: str) -> None:
    term.namespace = value


def _set_obsolete(term: OntologyTerm, value: str) -> None:
    term.is_obsolete = _is_true(value)


def _add_alternate_id(term: OntologyTerm, value: str) -> None:
    term.alternate_ids.extend(identifiers(value))


def _add_cross_reference(term: OntologyTerm, value: str) -> None:
    term.cross_references.append(cross_reference(value))


def _add_parent(term: OntologyTerm, value: str) -> None:
    term.parents.extend(identifiers(value))


def _add_relation(term: OntologyTerm, value: str) -> None:
    type_, other = identifiers(value, 2)
    term.relations.append((type_, other))


def _add_replacement(term: OntologyTerm, value: str) -> None:
    term.replaced_by.extend(identifiers(value))


_READERS: Mapping[str, Callable[[OntologyTerm, str], None]] = {
    "name": _set_name,
    "def": _set_definition,
    "namespace": _set_namespace,
    "is_obsolete": _set_obsolete,
    "alt_id": _add_alternate_id,
    "xref": _add_cross_reference,
    "xref_analog": _add_cross_reference,
    "is_a": _add_parent,
    "relationship": _add_relation,
    "replaced_by": _add_replacement,
}

_SYNONYMS: Mapping[str, Optional[str]] = {
    "synonym": None,
    "exact_synonym": "EXACT",
    "broad_synonym": "BROAD",
    "narrow_synonym": "NARROW",
    "related_synonym": "RELATED",
}
"""The tags of synonyms, old ones included, and the scope that they mean."""


def _add_synonym(term: OntologyTerm, line: TagLine) -> None:
    text, rest = quoted_text(line.value)
    given = rest.split(None, 1)[:1]
    scope = _SYNONYMS[line.tag] or next((word for word in given if word in _SCOPES), "RELATED")
    term.synonyms.append((scope, text))


def _is_true(value: str) -> bool:
    return value.lower() in ("true", "1")


def _sort(term: OntologyTerm) -> None:
    """Sorts what a term has several of, and keeps everything once."""
    term.synonyms = sorted(set(term.synonyms))
    term.alternate_ids = sorted(set(term.alternate_ids))
    term.cross_references = sorted(set(term.cross_references))
    term.parents = sorted(set(term.parents))
    term.relations = sorted(set(term.relations))
    term.replaced_by = sorted(set(term.replaced_by))

"""A term of an ontology, independent of the notation that it was read from."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Dict, Iterable, List, Mapping, Optional, Set, Tuple


@dataclass
class OntologyTerm:
    """A term of an ontology, with ids as the file has them. `synonyms` are `(scope, text)`,
    `relations` are `(type, id)`, and `line` is where a text file has the term."""

    id: str
    name: str
    definition: Optional[str] = None
    synonyms: List[Tuple[str, str]] = field(default_factory=list)
    alternate_ids: List[str] = field(default_factory=list)
    cross_references: List[str] = field(default_factory=list)
    parents: List[str] = field(default_factory=list)
    relations: List[Tuple[str, str]] = field(default_factory=list)
    namespace: Optional[str] = None
    is_obsolete: bool = False
    replaced_by: List[str] = field(default_factory=list)
    line: Optional[int] = None


@dataclass
class Ontology:
    """The terms of a file, including obsolete ones, and pairs of a relation and its inverse."""

    terms: List[OntologyTerm]
    inverses: List[Tuple[str, str]]


def branches(terms: Iterable[OntologyTerm]) -> Mapping[str, Set[str]]:
    """The names of the branches of each term that is in a branch.

    A branch has the name of a term right below a root, and consists of this term and its
    descendants. A root with a term below it is a branch by itself.
    """
    live = {term.id: term for term in terms if not term.is_obsolete}
    children: Dict[str, List[str]] = defaultdict(list)
    for term in live.values():
        for parent in term.parents:
            children[parent].append(term.id)
    roots = {
        term.id
        for term in live.values()
        if children[term.id] and not any(parent in live for parent in term.parents)
    }
    found: Dict[str, Set[str]] = defaultdict(set)
    for root in roots:
        found[root].add(live[root].name)
    for branch in {child for root in roots for child in children[root]} - roots:
        seen = {branch}
        waiting = [branch]
        while waiting:
            term_id = waiting.pop()
            found[term_id].add(live[branch].name)
            below = [child for child in children[term_id] if child not in seen]
            seen.update(below)
            waiting.extend(below)
    return found

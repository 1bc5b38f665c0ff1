"""Relations of BioC that are between concepts rather than annotations."""

from typing import Any, Dict, List, Mapping, Optional, Tuple

from bio_ie.data.corpora.fact_arguments import FactArguments
from bio_ie.data.corpora.formats.infons import metadata_of, take_relation_type, take_score
from bio_ie.text.document import Fact

ARGUMENTS = ("entity1", "entity2")
"""The infons with the two concepts of a relation without nodes, as in BioRED."""

ROLES = ("role1", "role2")
"""The infons with the two concepts of a relation of PubTator 3. In XML they are text
(`Gene|673`), in JSON objects with an `identifier`. The node of such a relation refers to no
annotation."""

CONCEPTS = "concepts"
"""The key of the metadata under which the concepts of a fact are written if no notation holds
them."""


def fact_of_infons(infons: Dict[str, Any], has_nodes: bool, arguments: FactArguments) -> List[Fact]:
    """The facts of a relation whose infons name two concepts, or none if they do not.

    The concepts are the infons `entity1` and `entity2`, `role1` and `role2`, or (as in BC5CDR, only
    without nodes) the two infons besides the relation's type, whose keys are the roles.

    # Parameters

    infons : `Dict[str, Any]`
        What is used is removed, unless the result is empty.
    has_nodes : `bool`
    arguments : `FactArguments`

    Raises `BadItem` for a relation without a type.
    """
    if all(_identifier(infons.get(role)) for role in ROLES):
        type_, score = take_relation_type(infons), take_score(infons)
        head, tail = (str(_identifier(infons[role])) for role in ROLES)
        for role in ROLES:
            if isinstance(infons[role], str):
                del infons[role]
        return arguments.facts(type_, head, tail, score, metadata_of(infons))
    if has_nodes:
        return []
    rest = dict(infons)
    type_, score = take_relation_type(rest), take_score(rest)
    roles = list(ARGUMENTS if ARGUMENTS[0] in rest else rest)
    if len(roles) != 2 or not all(isinstance(rest.get(role), str) for role in roles):
        return []
    head, tail = (rest.pop(role) for role in roles)
    metadata = metadata_of(rest)
    if tuple(roles) != ARGUMENTS:
        metadata["roles"] = roles
    concepts = _pair(metadata.pop(CONCEPTS, None))
    if concepts is not None:
        return [Fact(type_, *concepts, score, metadata or None)]
    return arguments.facts(type_, head, tail, score, metadata)


def _identifier(role: Any) -> Optional[str]:
    value = role.get("identifier") if isinstance(role, Mapping) else role
    if isinstance(value, bool) or not isinstance(value, (str, int)) or value in ("", "-", "-1"):
        return None
    return str(value)


def _pair(value: Any) -> Optional[Tuple[str, str]]:
    if isinstance(value, list) and len(value) == 2 and all(isinstance(v, str) for v in value):
        return value[0], value[1]
    return None

"""OBO graphs: an ontology as JSON (https://github.com/geneontology/obographs)."""

import re
from collections import defaultdict
from typing import Any, Dict, List, Mapping, Optional

from bio_ie.files.corpus_error import quoted
from bio_ie.files.source import Source
from bio_ie.knowledge.sources.ctd import IS_A
from bio_ie.knowledge.sources.ontology_term import Ontology, OntologyTerm

_LOCAL = re.compile(r"(?P<prefix>[A-Za-z][\w-]*?)_(?P<local>\w+)\Z")

_SCOPE = re.compile(r"has(\w+)Synonym\Z")

_ALTERNATE = "hasAlternativeId"
_NAMESPACE = "hasOBONamespace"
_REPLACED_BY = "IAO_0100001"
"""The last parts of the addresses of properties."""


def read_obo_graph(source: Source) -> Ontology:
    """Reads a whole file. Classes only: what has no type in the file is defined elsewhere. Raises
    `CorpusError`."""
    content = source.json()
    graphs = content.get("graphs") if isinstance(content, dict) else None
    if not isinstance(graphs, list):
        raise source.error("no OBO graph: there are no 'graphs'")
    ontology = Ontology([], [])
    for graph in graphs:
        try:
            _read_graph(graph, ontology)
        except (AttributeError, KeyError, TypeError) as error:
            raise source.error(f"no OBO graph: {error!r} in graph {quoted(graph)}") from error
    return ontology


def _read_graph(graph: Mapping[str, Any], ontology: Ontology) -> None:
    names = {node["id"]: node.get("lbl", "") for node in graph.get("nodes", ())}
    edges: Dict[str, List[Mapping[str, str]]] = defaultdict(list)
    for edge in graph.get("edges", ()):
        if edge["pred"] == "inverseOf":
            ontology.inverses.append((_relation(edge["sub"], names), _relation(edge["obj"], names)))
        else:
            edges[edge["sub"]].append(edge)
    for node in graph.get("nodes", ()):
        if node.get("type") == "CLASS":
            term = _term(node)
            for edge in edges[node["id"]]:
                relation, other = _relation(edge["pred"], names), _id(edge["obj"])
                if relation in (IS_A, "subClassOf"):
                    term.parents.append(other)
                else:
                    term.relations.append((relation, other))
            ontology.terms.append(term)


def _term(node: Mapping[str, Any]) -> OntologyTerm:
    meta = node.get("meta", {})
    values: Dict[str, List[str]] = defaultdict(list)
    for value in meta.get("basicPropertyValues", ()):
        values[_last(value["pred"])].append(value["val"])
    return OntologyTerm(
        id=_id(node["id"]),
        name=node.get("lbl", "").strip(),
        definition=meta.get("definition", {}).get("val", "").strip() or None,
        synonyms=[
            (_scope(synonym["pred"]), synonym["val"].strip())
            for synonym in meta.get("synonyms", ())
        ],
        alternate_ids=[_id(value) for value in values[_ALTERNATE]],
        cross_references=[reference["val"] for reference in meta.get("xrefs", ())],
        namespace=_first(values[_NAMESPACE]),
        is_obsolete=bool(meta.get("deprecated")),
        replaced_by=[_id(value) for value in values[_REPLACED_BY]],
    )


def _relation(address: str, names: Mapping[str, str]) -> str:
    """`is_a`; the name of a property as an OBO id, `has_part`; or what its address ends with."""
    return (names.get(address) or _last(address)).strip().replace(" ", "_")


def _scope(property_: str) -> str:
    match = _SCOPE.match(property_)
    return match[1].upper() if match else "RELATED"


def _id(address: str) -> str:
    """`http://purl.obolibrary.org/obo/HP_0000001` is HP:0000001."""
    local = _last(address)
    match = _LOCAL.match(local)
    return f"{match['prefix']}:{match['local']}" if match else local


def _last(address: str) -> str:
    return re.split(r"[/#]", address)[-1]


def _first(values: List[str]) -> Optional[str]:
    return values[0] if values else None

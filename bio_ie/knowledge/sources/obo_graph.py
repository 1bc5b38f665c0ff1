"""Reads OBO graphs, which are ontologies as JSON (https://github.com/geneontology/obographs)."""

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
"""The last parts of the IRIs of properties."""


def read_obo_graph(source: Source) -> Ontology:
    """Reads a whole file. Only classes become terms; nodes without a type are defined in another
    file. Raises `CorpusError` if the file is not an OBO graph."""
    content = source.json()
    graphs = content.get("graphs") if isinstance(content, dict) else None
    if not isinstance(graphs, list):
        raise source.error("not an OBO graph: there are no 'graphs'")
    ontology = Ontology([], [])
    for graph in graphs:
        try:
            _read_graph(graph, ontology)
        except (AttributeError, KeyError, TypeError) as error:
            raise source.error(f"not an OBO graph: {error!r} in graph {quoted(graph)}") from error
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
        cross_references=[_text(reference["val"]) for reference in meta.get("xrefs", ())],
        namespace=_first(list(map(_text, values[_NAMESPACE]))),
        is_obsolete=bool(meta.get("deprecated")),
        replaced_by=[_id(value) for value in values[_REPLACED_BY]],
    )


def _relation(address: str, names: Mapping[str, str]) -> str:
    """The name of a relation: `is_a`, the label of the property with underscores (`has_part`), or
    the last part of its IRI."""
    return (names.get(address) or _last(address)).strip().replace(" ", "_")


def _scope(property_: str) -> str:
    match = _SCOPE.match(property_)
    return match[1].upper() if match else "RELATED"


def _id(address: str) -> str:
    """The id of an IRI: `http://purl.obolibrary.org/obo/HP_0000001` becomes HP:0000001."""
    local = _last(address)
    match = _LOCAL.match(local)
    return f"{match['prefix']}:{match['local']}" if match else local


def _last(address: str) -> str:
    return re.split(r"[/#]", address)[-1]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is not a string")
    return value


def _first(values: List[str]) -> Optional[str]:
    return values[0] if values else None

"""Reads the XML of MeSH record by record."""

import re
from dataclasses import dataclass
from typing import Any, Iterator, List, Optional, Tuple

from bio_ie.files.source import Source
from bio_ie.files.xml_elements import xml_elements

_RECORDS = ("DescriptorRecord", "SupplementalRecord")

_RELATIONS = {
    "pharmacological_action": "PharmacologicalActionList/PharmacologicalAction",
    "see_related": "SeeRelatedList/SeeRelatedDescriptor",
    "mapped_to": "HeadingMappedToList/HeadingMappedTo",
}
"""Each relation, and the elements that refer to the other descriptor."""

_REGISTRIES = (
    ("CAS", re.compile(r"\d+-\d\d-\d\Z")),
    ("EC", re.compile(r"EC (?P<local>\S+)\Z")),
    ("UNII", re.compile(r"[A-Z\d]{10}\Z")),
)


@dataclass
class MeshRecord:
    """A descriptor or a supplementary record. Its preferred name is the first of `names`."""

    id: str
    names: List[str]
    definition: Optional[str]
    tree_numbers: List[str]
    alternate_ids: List[str]
    relations: List[Tuple[str, str]]
    supplementary_class: Optional[str]


def read_records(source: Source) -> Iterator[MeshRecord]:
    """Yields the records of a file. Only one record is in memory at a time.

    Raises `CorpusError` for bad XML, and through `source.problem` for a bad record.
    """
    found = False
    for element in xml_elements(source, _RECORDS):
        found = True
        source.line = element.sourceline
        record = _record(element)
        if record is None:
            source.problem("a record without id or name")
        else:
            yield record
    if not found:
        raise source.error("XML without descriptors or supplementary records")


def _record(element: Any) -> Optional[MeshRecord]:
    kind = element.tag.removesuffix("Record")
    prefix = "Descriptor" if kind == "Descriptor" else "SupplementalRecord"
    id = _text(element.find(f"{prefix}UI"))
    name = _text(element.find(f"{prefix}Name/String"))
    if not id or not name:
        return None
    terms = (_text(term) for term in element.iterfind("ConceptList/Concept/TermList/Term/String"))
    definition = _text(element.find("ConceptList/Concept[@PreferredConceptYN='Y']/ScopeNote"))
    return MeshRecord(
        id,
        list(dict.fromkeys(filter(None, (name, *terms)))),
        definition or _text(element.find("Note")) or None,
        [number for number in map(_text, element.iterfind("TreeNumberList/TreeNumber")) if number],
        list(dict.fromkeys(_registry_numbers(element))),
        [
            (relation, _text(other).lstrip("*"))
            for relation, path in _RELATIONS.items()
            for other in element.iterfind(f"{path}/DescriptorReferredTo/DescriptorUI")
        ],
        element.get("SCRClass"),
    )


def _registry_numbers(element: Any) -> Iterator[str]:
    """The registry numbers of the preferred concept. Those of narrower concepts belong to other
    substances."""
    concept = element.find("ConceptList/Concept[@PreferredConceptYN='Y']")
    if concept is None:
        return
    for number in concept.iter("RegistryNumber"):
        for registry, pattern in _REGISTRIES:
            match = pattern.match(_text(number))
            if match:
                yield f"{registry}:{match.groupdict().get('local', match[0])}"


def _text(element: Any) -> str:
    return " ".join((element.text or "").split()) if element is not None else ""

"""Reads XML without entities, document types and network, whatever the version of lxml.

An entity can stand for the content of any other file, or for gigabytes of text.
"""

from typing import Any, Iterator, Sequence, Union

from lxml import etree

from bio_ie.files.source import Source


def xml_elements(source: Source, tag: Union[str, Sequence[str]]) -> Iterator[Any]:
    """Yields the elements of a file with one of some tags. Only one of them is in memory at a time.

    A document type may be declared, as in files of BioC, but is not read. An element with a
    reference to an entity goes to `source.problem`. Raises `CorpusError` for bad XML.
    """
    with source.binary() as file:
        # Not huge_tree, which also lifts the limit on how much entities in attributes may grow.
        events = etree.iterparse(
            file, tag=tag, resolve_entities=False, load_dtd=False, no_network=True
        )
        try:
            for _, element in events:
                entity = next(element.iter(etree.Entity), None)
                if entity is None:
                    yield element
                else:
                    source.problem(
                        "XML entities are not read", str(entity.text), element.sourceline
                    )
                _forget(element)
        except etree.XMLSyntaxError as error:
            raise source.error(f"not valid XML: {error.msg}", error.lineno or None) from error


def _forget(element: Any) -> None:
    """Frees the memory of an element that was read, and removes the empty elements before it."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]

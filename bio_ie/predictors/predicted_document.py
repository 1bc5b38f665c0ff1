"""Puts the predictions of its instances into a document."""

from dataclasses import replace
from typing import Dict, List, Sequence

from allennlp.common.util import JsonDict

from bio_ie.text.document import Document, Mention, Relation


def annotated(document: Document, outputs: Sequence[JsonDict], prefix: str = "") -> Document:
    """The document with the mentions and relations of all its instances. The mentions are numbered
    anew."""
    mentions: List[Mention] = []
    relations: List[Relation] = []
    for output in outputs:
        ids: Dict[str, str] = {}
        for mention in output.get(f"{prefix}mentions", ()):
            ids[mention.id] = f"T{len(mentions) + 1}"
            mentions.append(replace(mention, id=ids[mention.id]))
        for relation in output.get(f"{prefix}relations", ()):
            relations.append(replace(relation, head=ids[relation.head], tail=ids[relation.tail]))
    return document.with_changes(mentions=mentions, relations=relations)
